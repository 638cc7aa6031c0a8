"""Every address of the kit, those of e-mail and Web Push among them: found, and not listed."""

from django.urls import get_resolver, reverse

from themis_htmx.mail.unsubscribe import unsubscribe_path


def names():
    """The names of all addresses in the namespace of the kit."""
    _prefix, resolver = get_resolver().namespace_dict["themis"]
    return sorted(name for name in resolver.reverse_dict if isinstance(name, str))


def parts_of(name):
    """The names of the parts of an address that vary, such as ``pk``."""
    _prefix, resolver = get_resolver().namespace_dict["themis"]
    [(_path, parts)] = resolver.reverse_dict.getlist(name)[0][0]
    return parts


def path_of(name, **values):
    """The path of an address, with the values of its parts."""
    return reverse(f"themis:{name}", kwargs={each: values[each] for each in parts_of(name)})


def values_for(notification):
    """The values of all parts: the notification, and the user whose it is."""
    token = unsubscribe_path(notification.user_id).rstrip("/").rpartition("/")[2]
    return {"pk": notification.pk, "token": token}
