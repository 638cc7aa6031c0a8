"""The page about security names tests; they have to be there, under these names."""

from tests.helpers.named_tests import Page, names_of_tests

PAGE = Page("security.md")


def test_every_test_that_the_security_page_names_exists():
    named = PAGE.names()

    assert len(named) > 100
    assert named - names_of_tests() == set()


def test_every_row_of_the_security_page_names_a_test():
    assert len(list(PAGE.rows())) > 50
    assert PAGE.rows_without_a_test() == []
