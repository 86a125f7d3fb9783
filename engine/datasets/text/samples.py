"""Texts that come with installed packages: read from their source, nothing drawn at random."""

from __future__ import annotations

import ast
import importlib
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.datasets.text.raw import RawTexts
from engine.datasets.text.source import PATH
from engine.datasets.userpath import SAMPLE
from engine.problems import Problem, ProblemError, suggest

PYTHON_LICENCE = "PSF-2.0 (documentation strings of the Python that runs the program)"
LOCALES = {
    "Croatian": "hr_HR", "Dutch": "nl_NL", "English": "en_GB", "Finnish": "fi_FI",
    "French": "fr_FR", "German": "de_DE", "Greek": "el_GR", "Hebrew": "he_IL", "Irish": "ga_IE",
    "Italian": "it_IT", "Russian": "ru_RU", "Spanish": "es_ES", "Swedish": "sv_SE",
    "Ukrainian": "uk_UA",
}  # fmt: skip
"""Ten languages in Latin letters, two in Cyrillic ones, and two that letters alone tell."""
TOPICS = {
    "asynchronous": ("asyncio",),
    "dates": ("datetime.py", "calendar.py", "zoneinfo", "_strptime.py"),
    "email": ("email", "mailbox.py", "smtplib.py", "imaplib.py", "poplib.py"),
    "files": ("pathlib.py", "shutil.py", "zipfile.py", "tarfile.py", "tempfile.py", "os.py"),
    "logging": ("logging",),
    "numbers": ("_pydecimal.py", "fractions.py", "statistics.py", "random.py", "numbers.py"),
    "testing": ("unittest", "doctest.py"),
    "web": ("http", "urllib", "html", "wsgiref", "xmlrpc", "socketserver.py"),
    "xml": ("xml",),
}
"""Modules of the standard library by what they are about."""
CORPUS = tuple(sorted({name for names in TOPICS.values() for name in names} | {
    "argparse.py", "ast.py", "collections", "concurrent", "configparser.py", "contextlib.py",
    "csv.py", "ctypes", "dataclasses.py", "difflib.py", "dis.py", "enum.py", "ftplib.py",
    "functools.py", "heapq.py", "inspect.py", "json", "multiprocessing", "optparse.py", "pickle.py",
    "pdb.py", "pprint.py", "queue.py", "re", "socket.py", "ssl.py", "string.py", "subprocess.py",
    "textwrap.py", "threading.py", "tokenize.py", "traceback.py", "types.py", "typing.py",
    "uuid.py", "weakref.py",
}))  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """Texts with classes that come with the program."""

    read: Callable[[], RawTexts]
    licence: str


def _names() -> RawTexts:
    """Last names by language, each once: only the lists of Faker's providers."""
    texts: list[str] = []
    labels: list[str] = []
    for language, locale in LOCALES.items():
        found = sorted(set(map(str, _provider(locale).last_names)))
        texts += found
        labels += [language] * len(found)
    return RawTexts(texts, labels, [0] * len(texts))


def _provider(locale: str) -> Any:
    try:
        return importlib.import_module(f"faker.providers.person.{locale}").Provider
    except ImportError:
        sentence = "The names that come with the program are missing"
        raise ProblemError(Problem(PATH, sentence, "pip install Faker")) from None


def _topics() -> RawTexts:
    texts: list[str] = []
    labels: list[str] = []
    for topic, modules in TOPICS.items():
        # the first paragraph says what it is about, as a message would
        found = [" ".join(text.split("\n\n")[0].split()) for text in documentation(modules)]
        texts += found
        labels += [topic] * len(found)
    return RawTexts(texts, labels, [0] * len(texts))


SAMPLES = {
    "names": Sample(_names, "MIT (Faker)"),
    "python_topics": Sample(_topics, PYTHON_LICENCE),
}


def sample_of(path: str) -> Sample:
    """The sample that a path `sample:NAME` means. Raises ProblemError with those that there are."""
    name = path.removeprefix(SAMPLE)
    if name not in SAMPLES:
        raise ProblemError(unknown(name, tuple(SAMPLES)))
    return SAMPLES[name]


def unknown(name: str, known: tuple[str, ...]) -> Problem:
    """No such texts come with the program."""
    listed = ", ".join(f"{SAMPLE}{each}" for each in known)
    hint = suggest(name, list(known)) if name else f"there are {listed}"
    return Problem(PATH, f"No texts called {name!r} come with the program", hint)


# --- Python's own documentation ------------------------------------------------------------------


@lru_cache(maxsize=4)
def documentation(modules: tuple[str, ...]) -> tuple[str, ...]:
    """The documentation strings of modules of the standard library in the order of their names:
    their source is parsed, never run. Depends on the version of Python. Raises ProblemError."""
    root = Path(sysconfig.get_path("stdlib"))
    files = [file for name in modules for file in _sources(root / name)]
    found = tuple(text for file in files for text in _strings(file))
    if not found:
        sentence = "The source of Python's standard library is not on this machine"
        raise ProblemError(Problem(PATH, sentence, "choose texts of your own"))
    return found


def _sources(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*.py") if "test" not in file.parts)
    return [path] if path.is_file() else []


def _strings(file: Path) -> Iterator[str]:
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError):
        return  # a distribution may leave files out, or ship some of another version
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield text


def python_text() -> str:
    """One long text: the documentation strings, with an empty line between them."""
    return "\n\n".join(documentation(CORPUS)) + "\n"
