"""Reading the HTML that was rendered: a small tree, made by the standard library's parser."""

from collections import Counter
from html.parser import HTMLParser

VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Element:
    """An element, with ways to find others in it."""

    def __init__(self, tag="", attrs=(), parent=None):
        self.tag, self.attrs, self.parent = tag, dict(attrs), parent
        self.children = []

    def __getitem__(self, name):
        return self.attrs[name]

    @property
    def elements(self):
        """The elements right in it."""
        return [child for child in self.children if isinstance(child, Element)]

    @property
    def text(self):
        """All the text in it, its white space squeezed."""
        return " ".join(" ".join(self._texts()).split())

    def all(self, tag=None, **attrs):
        """Elements in it, in order; ``class_`` is one of the classes, ``True`` any value."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        found = []
        for child in self.elements:
            if (tag is None or child.tag == tag) and child._has(wanted):
                found.append(child)
            found.extend(child.all(tag, **attrs))
        return found

    def one(self, tag=None, **attrs):
        """The only such element."""
        found = self.all(tag, **attrs)
        assert len(found) == 1, f"{len(found)} elements are {tag} {attrs}"
        return found[0]

    @property
    def fields(self):
        """The fields that a form in this element would send: name and value."""
        return {each["name"]: each.attrs.get("value", "") for each in self.all(name=True)}

    def _has(self, wanted):
        return all(
            name in self.attrs
            and (
                value is True
                or value == self.attrs[name]
                or (name == "class" and value in self.attrs[name].split())
            )
            for name, value in wanted.items()
        )

    def _texts(self):
        for child in self.children:
            yield from child._texts() if isinstance(child, Element) else [child]


class Reader(HTMLParser):
    """Builds the tree, and insists that elements nest and no attribute comes twice."""

    def __init__(self):
        super().__init__()
        self.root = self.open = Element()

    def handle_starttag(self, tag, attrs):
        names = [name for name, _value in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, attrs, self.open)
        self.open.children.append(element)
        if tag not in VOID:
            self.open = element

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.tag == tag, f"<{self.open.tag}> is closed by </{tag}>"
            if tag == "template":
                # A browser keeps it apart: nobody sees it yet.
                self.open.children.clear()
            self.open = self.open.parent

    def handle_data(self, data):
        self.open.children.append(data)


def parse(html):
    """The tree of ``html``, a text or a response."""
    text = html if isinstance(html, str) else html.content.decode()
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open is reader.root, f"<{reader.open.tag}> is never closed"
    return reader.root


def repeated_ids(html):
    """Ids that more than one element has."""
    ids = Counter(element["id"] for element in parse(html).all(id=True))
    return [name for name, number in ids.items() if number > 1]


def listed(html):
    """Return the titles of the notifications in a list, in order."""
    return [title.text for title in parse(html).all("p", class_="themis-item__title")]
