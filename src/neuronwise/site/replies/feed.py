"""The latest replies to a chapter as an Atom feed."""

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed

from neuronwise.site.models import Chapter
from neuronwise.site.replies.models import readable

LATEST = 20


def feed(chapter: Chapter) -> str:
    """The feed's text; it holds what the page shows, and no address."""
    page = f"{settings.URL.geturl()}/{chapter.slug}"
    made = Atom1Feed(
        title=f"Replies to {chapter.title}",
        link=f"{page}/replies",
        description=f"Neuron by Neuron, chapter {chapter.number}",
        language="en",
        feed_url=f"{page}/replies.xml",
    )
    rows = readable().filter(chapter=chapter).order_by("-decided", "id")
    for reply in rows[:LATEST]:
        made.add_item(
            title=f"{reply.shown_name} on {chapter.title}",
            link=f"{page}/replies?to={reply.pk}#{reply.place}",
            unique_id=reply.pk.urn,
            description=reply.html,
            author_name=reply.shown_name,
            pubdate=reply.made,
            updateddate=reply.decided,
        )
    return made.writeString("utf-8")
