"""Laws of the catalogues, and of speaking two languages in one process."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from string import Formatter
from threading import Barrier

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from nnlab import language
from nnlab.language import LANGUAGES, best, current, follow, gettext, ngettext, use

ROOT = Path(__file__).parents[1]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "gettext_noop": None, "ngettext": (1, 2)}
TRANSLATED = [name for name in LANGUAGES if name != language.ENGLISH]

Id = str | tuple[str, ...]


@pytest.fixture(scope="module")
def messages() -> set[Id]:
    """Every message in the sources."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found = extract_from_dir(str(ROOT), methods, options, keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found}


@pytest.fixture(scope="module", params=TRANSLATED)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    path = ROOT / "locale" / request.param / "LC_MESSAGES" / "nnlab.po"
    with path.open("rb") as source:
        return read_po(source, abort_invalid=True)


def translations(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def entries(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def test_every_message_is_in_the_catalogue(messages: set[Id], catalogue: Catalog) -> None:
    assert messages - {message.id for message in entries(catalogue)} == set()


def test_no_message_of_the_catalogue_has_left_the_sources(
    messages: set[Id], catalogue: Catalog
) -> None:
    assert {message.id for message in entries(catalogue)} - messages == set()
    assert not catalogue.obsolete


def test_no_translation_is_empty(catalogue: Catalog) -> None:
    assert [m.id for m in entries(catalogue) if not all(translations(m))] == []


def test_no_translation_is_a_guess(catalogue: Catalog) -> None:
    assert not catalogue.fuzzy
    assert [message.id for message in entries(catalogue) if message.fuzzy] == []


def test_translations_keep_the_placeholders(catalogue: Catalog) -> None:
    for message in entries(catalogue):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        wanted = set().union(*map(placeholders, ids))
        for translation in filter(None, translations(message)):
            assert placeholders(translation) == wanted, message.id


def test_placeholders_have_names(messages: set[Id]) -> None:
    texts = [text for m in messages for text in ([m] if isinstance(m, str) else m)]
    assert [text for text in texts if "" in placeholders(text)] == []


def test_headers_say_what_the_file_is(catalogue: Catalog) -> None:
    header = dict(catalogue.mime_headers)
    assert catalogue.locale in map(Locale.parse, TRANSLATED)
    assert header["Content-Type"] == "text/plain; charset=utf-8"
    assert re.match(r"nplurals=\d+;", header["Plural-Forms"])


def test_catalogues_and_languages_are_the_same() -> None:
    found = {path.parts[-3] for path in ROOT.glob("locale/*/LC_MESSAGES/nnlab.po")}
    assert found == set(TRANSLATED)


@pytest.mark.parametrize("name", TRANSLATED)
def test_a_catalogue_is_spoken(name: str, catalogue: Catalog) -> None:
    said = next(
        message for message in entries(catalogue) if isinstance(message.id, str) and message.string
    )

    use(name)
    assert gettext(str(said.id)) == said.string


def test_an_unknown_message_stays_as_it_is() -> None:
    use("zh_CN")
    assert gettext("no such message") == "no such message"
    assert ngettext("one thing", "many things", 1) == "one thing"


def test_an_unknown_language_is_english() -> None:
    use("tlh")
    assert current() == "en"


def test_two_readers_at_once_keep_their_languages() -> None:
    both_have_chosen = Barrier(2)

    def read(name: str) -> str:
        use(name)
        both_have_chosen.wait(timeout=10)
        return current()

    with ThreadPoolExecutor(2) as readers:
        assert list(readers.map(read, ("en", "zh_CN"))) == ["en", "zh_CN"]
    assert current() == "en"


def test_a_thread_without_a_choice_asks() -> None:
    follow(lambda: "zh_CN")
    with ThreadPoolExecutor(1) as reader:
        assert reader.submit(current).result() == "zh_CN"


def test_a_choice_comes_before_asking() -> None:
    follow(lambda: "zh_CN")
    use("en")
    assert current() == "en"


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("zh-Hans-CN", "zh_CN"),
        ("zh", "zh_CN"),
        ("ZH_cn", "zh_CN"),
        ("en-GB", "en"),
        ("de-CH", "en"),
        ("zhuang", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_nearest_language_to_a_browsers(tag: str | None, name: str) -> None:
    assert best(tag) == name


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_language_is_nearest_to_itself(name: str) -> None:
    assert best(name) == name
