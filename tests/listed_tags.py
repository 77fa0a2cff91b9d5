"""Reads the HTML of a reply, and tells what in it is not listed in rendering or mathml."""

from html.parser import HTMLParser

from neuronwise.site.replies import mathml, rendering


def foreign(html: str) -> list[object]:
    """What of a reply's HTML isn't in the lists."""
    return Listed(html).foreign


class Listed(HTMLParser):
    """What of a reply's HTML isn't in the lists, or isn't closed in order; and how deep it goes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.foreign: list[object] = []
        self.open: list[str] = []
        self.deepest = 0
        self.feed(html)
        self.close()
        self.foreign += self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and what is wrong with it."""
        if tag != "br":
            self.open.append(tag)
        self.deepest = max(self.deepest, len(self.open))
        if tag == "span" and " ".join(f'{name}="{value}"' for name, value in attrs) == rendering.SCROLL:
            return
        if tag not in rendering.TAGS | mathml.TAGS:
            self.foreign.append(tag)
        self.foreign += [one for one in attrs if not self.allowed(tag, *one)]

    @staticmethod
    def allowed(tag: str, name: str, value: str | None) -> bool:
        """Whether an attribute is one of the lists."""
        match tag, name:
            case "a", "href":
                return (value or "").lower().startswith(("http://", "https://"))
            case "a", "rel":
                return value == rendering.REL
            case "ol", "start":
                return (value or "").isdigit()
        return tag in mathml.TAGS and (name, value) in mathml.ATTRIBUTES

    def handle_endtag(self, tag: str) -> None:
        """Note an end where nothing of that name is open."""
        self.foreign += [tag] * (not self.open or self.open.pop() != tag)

    def unknown_decl(self, data: str) -> None:
        """Note what is neither tag nor text."""
        self.foreign.append(data)

    def handle_comment(self, data: str) -> None:
        """Note a comment."""
        self.foreign.append(data)

    def handle_decl(self, decl: str) -> None:
        """Note a declaration."""
        self.foreign.append(decl)

    def handle_pi(self, data: str) -> None:
        """Note an instruction."""
        self.foreign.append(data)
