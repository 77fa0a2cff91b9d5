"""What the author sees in the admin. Chapters come from the builder, letters from the ledger: they are only read.

Replies are approved and refused here, or by the link in a letter; it leads to where they can be answered, too.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator

from neuronwise.site import consent, letters, own_data, tokens
from neuronwise.site.ledger import State as Sent
from neuronwise.site.ledger import queue_again
from neuronwise.site.models import Chapter, Delivery, Reply, Subscriber
from neuronwise.site.replies.models import State, decide


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # Django takes none when it runs
    """A table to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  (Django hands it over)
        """Nobody adds rows by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Nobody changes rows by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Nobody takes rows away by hand."""
        return False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Model | None:
        """The row; Django itself takes an empty `?_to_field=` for a field's name, and breaks down."""
        return super().get_object(request, object_id, from_field or None)


class Accounts(ReadOnly):
    """Who may log in. Accounts and passwords are made by `neuronwise book author`; here one can be taken away."""

    list_display = ("username", "date_joined", "last_login")
    fields = list_display

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """An account that nobody uses any more."""
        return True


class Kind(admin.SimpleListFilter):
    """What a letter is about; its topic alone would be a list as long as the ledger."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Delivery]") -> list[tuple[str, str]]:  # noqa: ARG002
        """The beginnings of topics."""
        return [("chapter", "New chapter"), ("confirm", "Confirmation"), ("data", "Own data"), ("reply", "Reply")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:  # noqa: ARG002
        """Letters of the kind that was chosen."""
        return queryset.filter(topic__startswith=f"{self.value()}:") if self.value() else queryset


@admin.register(Chapter)
class Chapters(ReadOnly):
    """What the builder has announced; a draft can be read here before it is published."""

    list_display = ("number", "title", "question", "slug", "published")

    def view_on_site(self, chapter: Chapter) -> str | None:
        """Where the chapter can be read on this listener, draft or not."""
        return f"/{chapter.slug}/" if chapter.slug else None


@admin.register(Subscriber)
class Subscribers(ReadOnly):
    """Who wants to be told of new chapters. To delete one is to erase all that is kept of the address."""

    list_display = ("address", "state", "made", "confirmed", "bounces")
    list_filter = ("state", "made")
    search_fields = ("address",)
    show_full_result_count = False
    actions = ("unsubscribe",)

    @admin.action(description="Unsubscribe")
    def unsubscribe(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        """As if they had pressed the button in a letter."""
        for subscriber in queryset:
            consent.withdraw(subscriber.pk)
        self.message_user(request, f"Unsubscribed: {len(queryset)}.")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """The author may erase what somebody asks to have erased by letter."""
        return True

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:  # noqa: ARG002
        """Erase all that is kept, replies and drafts of letters too."""
        for subscriber in queryset:
            own_data.erase(subscriber, keep_words=False)

    def delete_model(self, request: HttpRequest, obj: Subscriber) -> None:  # noqa: ARG002
        """Erase all that is kept."""
        own_data.erase(obj, keep_words=False)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:  # noqa: ANN401  (as Django's own)
        """What goes with them is asked about, but needs no leave of its own: letters of nobody are nothing."""
        *gone, _not_allowed, protected = super().get_deleted_objects(objs, request)
        return *gone, set(), protected

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> list[LogEntry]:  # noqa: ARG002
        """Nothing: the admin's own record would keep the address."""
        return []


@admin.register(Delivery)
class Deliveries(ReadOnly):
    """What became of each letter."""

    list_display = ("topic", "subscriber", "state", "tries", "next_try", "code")
    list_filter = ("state", Kind)
    list_select_related = ("subscriber",)
    search_fields = ("subscriber__address", "topic")
    show_full_result_count = False
    actions = ("again",)

    @admin.action(description="Send once more what failed or is unknown")
    def again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """What was sent, or is on its way, stays as it is."""
        count = queue_again(queryset.filter(state__in=[Sent.FAILED, Sent.UNKNOWN]))
        self.message_user(request, f"Queued again: {count}.")


@admin.register(Reply)
class Replies(ReadOnly):
    """What readers have replied; the newest first."""

    list_display = ("words", "decide", "state", "name", "chapter", "anchor", "made")
    list_filter = ("state", ("chapter", admin.RelatedOnlyFieldListFilter))
    readonly_fields = ("decide",)
    list_select_related = ("chapter",)
    search_fields = ("name", "address", "text")
    show_full_result_count = False
    actions = ("approve", "refuse")

    @admin.display(description="reply")
    def words(self, reply: Reply) -> str:
        """The first words."""
        return Truncator(reply.text).chars(80) or "(taken back)"

    @admin.display(description="answer")
    def decide(self, reply: Reply) -> str:
        """The same page that the letter leads to."""
        return format_html('<a href="{}">Read and answer</a>', letters.link(tokens.MODERATE, reply.pk))

    @admin.action(description="Approve: show under the chapter")
    def approve(self, request: HttpRequest, replies: QuerySet[Reply]) -> None:
        """Show them to readers."""
        self._decide(request, replies, State.APPROVED)

    @admin.action(description="Refuse: delete after 30 days")
    def refuse(self, request: HttpRequest, replies: QuerySet[Reply]) -> None:
        """Show them to nobody."""
        self._decide(request, replies, State.REFUSED)

    def _decide(self, request: HttpRequest, replies: QuerySet[Reply], state: State) -> None:
        count = decide(replies.values_list("pk", flat=True), state)
        self.message_user(request, f"{count} {state}.")
