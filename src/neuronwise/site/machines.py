"""What is written for machines: which pages there are, where that is said, what a link to a page shows elsewhere."""

from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from neuronwise.site.models import PICTURE, public

FEED = ' New chapters as a feed: <a href="/atom.xml">Atom</a>.'
TITLE, SUBTITLE = "Neuron by Neuron", "New chapters of the book"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@require_safe
def atom(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001  (Django hands it over)
    """The feed: each published chapter once, the newest first."""
    base = settings.URL.geturl()
    feed = Atom1Feed(TITLE, f"{base}/", SUBTITLE, feed_url=f"{base}/atom.xml", feed_guid=f"{base}/", author_name=TITLE)
    for chapter in public().exclude(published=None).order_by("-published", "-number"):
        address, time = f"{base}/{chapter.slug}/", chapter.published
        feed.add_item(str(chapter), address, chapter.question, unique_id=address, pubdate=time, updateddate=time)
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@require_safe
def robots(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001  (Django hands it over)
    """Machines may read everything."""
    text = f"User-agent: *\nDisallow:\n\nSitemap: {settings.URL.geturl()}/sitemap.xml\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001
    """Every page that is out."""
    slugs = public().values_list("slug", flat=True)
    urlset = Element("urlset", xmlns=NAMESPACE)
    for path in ("/", "/errata/", *(f"/{slug}/" for slug in slugs)):
        SubElement(SubElement(urlset, "url"), "loc").text = settings.URL.geturl() + path
    return HttpResponse(tostring(urlset, "utf-8", xml_declaration=True), content_type="application/xml")


def address(path: str, title: str, picture: str | None = None) -> str:
    """What a page tells machines: where it is, which picture shows it, and where new chapters are announced."""
    base = settings.URL.geturl()
    return format_html(
        '<link rel="canonical" href="{base}{path}">\n'
        '<meta property="og:url" content="{base}{path}">\n'
        '<meta property="og:image" content="{base}{picture}">\n'
        '<meta property="og:image:width" content="1200">\n'
        '<meta property="og:image:height" content="630">\n'
        '<meta property="og:image:alt" content="{title}">\n'
        '<link rel="alternate" type="application/atom+xml" title="New chapters" href="/atom.xml">',
        base=base,
        path=path,
        picture=picture or path + PICTURE,
        title=title,
    )
