"""What the author sees in the admin. Chapters come from the builder, letters from the ledger: they are only read."""

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from neuronwise.site.models import Chapter, Delivery, Subscriber


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
    """Who wants to be told of new chapters."""

    list_display = ("address", "state", "made", "confirmed", "bounces")
    list_filter = ("state", "made")
    search_fields = ("address",)
    show_full_result_count = False


@admin.register(Delivery)
class Deliveries(ReadOnly):
    """What became of each letter."""

    list_display = ("topic", "subscriber", "state", "tries", "next_try", "code")
    list_filter = ("state", Kind)
    list_select_related = ("subscriber",)
    search_fields = ("subscriber__address", "topic")
    show_full_result_count = False
