"""The base of every administration page: no noun is added, changed or deleted past the audit (AD-1).

A save takes the noun's facts, writes, takes them again, and records the difference in the same transaction; a form
that was opened before somebody else's save is refused; a deletion says what stands in its way. Phones that run what
was changed are told to fetch their configuration anew, without ending sessions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.models import Model, ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from roamline.doors.admin_web import deeds, deletion, optimistic, selection, skin
from roamline.doors.admin_web.counting import Pages
from roamline.doors.admin_web.deeds import Deed
from roamline.doors.admin_web.finding import FindList
from roamline.doors.admin_web.lookups import searched
from roamline.doors.admin_web.selection import SelectionDeed
from roamline.doors.admin_web.who import author_of
from roamline.rooms.ledger import changes
from roamline.rooms.ledger.changes import Facts, InUse, Names
from roamline.rooms.mobility import service as mobility

HISTORY_SHOWN = 100


class NounPage(skin.ModelAdmin):  # type: ignore[misc]
    """The pages of one noun: list, add, change, delete, history and deeds."""

    kind = ""
    """What the audit calls the noun: ``phone`` gives ``phone.changed``."""
    children: tuple[str, ...] = ()
    """Related names whose rows are edited on the noun's page."""
    phones_see: frozenset[str] = frozenset()
    """The facts that end up in phones' configuration."""
    deeds: tuple[Deed, ...] = ()
    selection_deeds: tuple[SelectionDeed, ...] = ()
    help_texts: dict[str, Any] = {}
    find_fields: tuple[str, ...] = ()
    """Fields of text that the list can be found by."""
    find_labels: dict[str, Any] = {}
    """What those are called that lie behind other nouns."""
    ignored_uses: tuple[type[Model], ...] = ()

    list_before_template = "admin_web/find.html"
    change_form_template = "admin_web/change_form.html"
    delete_confirmation_template = "admin_web/delete.html"
    delete_selected_confirmation_template = "admin_web/delete.html"
    object_history_template = "admin_web/history.html"
    list_per_page = 50
    paginator = Pages
    list_max_show_all = 500
    show_full_result_count = False

    # What a page of a noun may say of itself

    def facts(self, noun: Any) -> Facts:
        """What the audit compares."""
        return changes.facts_of(noun, self.children)

    def names(self, noun: Any) -> Names:
        """Under which names the audit finds the noun."""
        return Names(subject=str(noun)[:200])

    def write(self, request: HttpRequest, noun: Any, form: Any, is_new: bool) -> None:
        """Write the noun itself; of one that is there only the fields that changed."""
        if is_new:
            noun.save()
            return
        columns = {field.name for field in noun._meta.concrete_fields}
        changed = [name for name in form.changed_data if name in columns]
        if changed:
            noun.save(update_fields=changed)

    def after_rows(self, request: HttpRequest, noun: Any, form: Any) -> None:
        """Put in order what the forms of its rows left."""

    def remove(self, noun: Any) -> None:
        """Delete the noun; InUse or ProtectedError when it cannot go."""
        noun.delete()

    def reach(self, noun: Any) -> Iterable[int]:
        """The ids of the phones that run something of this noun."""
        return ()

    def obstacles(self, request: HttpRequest, nouns: Sequence[Any]) -> list[str]:
        """What keeps these from being deleted besides what refers to them, as texts or links."""
        return []

    def panel(self, request: HttpRequest, noun: Any) -> list[tuple[Any, Any]]:
        """What is true of the noun right now: labels and values."""
        return []

    def warnings(self, request: HttpRequest, noun: Any) -> list[Any]:
        """What will not work as the noun is."""
        return []

    def related_links(self, request: HttpRequest, noun: Any) -> list[tuple[Any, str]]:
        """Where an administrator goes from here: titles and addresses."""
        return []

    def origin(self, noun: Any) -> str:
        """The cluster that the noun is from, and where alone it is changed (RO-11); empty: this one."""
        return ""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is another cluster's is only looked at here."""
        return bool(super().has_change_permission(request, obj)) and not (obj is not None and self.origin(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is another cluster's goes when it goes there."""
        return bool(super().has_delete_permission(request, obj)) and not (obj is not None and self.origin(obj))

    def address_of(self, noun: Any) -> str:
        """The address of a noun's page."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[noun.pk])

    # Saving

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The noun; locked until the end of the transaction when it is about to be changed."""
        noun = super().get_object(request, object_id, from_field)
        if noun is not None and request.method == "POST" and connection.in_atomic_block:
            list(self.model._base_manager.select_for_update().filter(pk=noun.pk).values_list("pk"))
            noun.refresh_from_db()
        return noun

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which refuses to be saved over somebody else's change."""
        kwargs.setdefault("help_texts", self.help_texts)
        form_class = super().get_form(request, obj, change, **kwargs)

        class Form(form_class):  # type: ignore[misc, valid-type]
            def clean(self) -> Any:
                cleaned = super().clean()
                if change:
                    for objection in optimistic.objections(self.instance, self.data.get(optimistic.FIELD)):
                        self.add_error(None, objection)
                return cleaned

        return Form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show or save the form; rows that two administrators added at once are refused, not half saved."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            reason = _("something of the same name or place was added at the same moment.")
        except InUse as refusal:
            reason = " ".join(refusal.reasons)
        messages.error(request, _("Not saved: %(reason)s") % {"reason": reason})
        return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write the noun, after noting what it was."""
        before = self.model._base_manager.get(pk=obj.pk) if change else None
        form.facts_before = self.facts(before) if before else {}
        form.reach_before = set(self.reach(before)) if before else set()
        self.write(request, obj, form, is_new=not change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write the noun's rows, then record what changed and tell the phones."""
        super().save_related(request, form, formsets, change)
        noun = form.instance
        self.after_rows(request, noun, form)
        noun = self.model._base_manager.get(pk=noun.pk)
        after, names, author, now = self.facts(noun), self.names(noun), author_of(request), timezone.now()
        if not change:
            changes.record_added(noun, self.kind, after, names, author, now)
            self.tell_phones(request, noun, set(after), set(self.reach(noun)))
            return
        changed = changes.record_changed(noun, self.kind, form.facts_before, after, names, author, now)
        self.tell_phones(request, noun, set(changed), form.reach_before | set(self.reach(noun)))

    def sees(self, noun: Any, changed: set[str], phones: set[int]) -> set[int]:
        """Those of the phones that would see what changed."""
        return phones if changed & self.phones_see else set()

    def refuse_bad(self, noun: Any) -> None:
        """InUse when a noun must not be saved as it was changed together with others."""

    def tell_phones(self, request: HttpRequest, noun: Any, changed: set[str], phones: set[int]) -> None:
        """Have phones fetch their configuration anew when they would see what changed."""
        phones = self.sees(noun, changed, phones)
        if phones:
            count = mobility.reconfigure_phones(phones, author_of(request).name, timezone.now())
            messages.info(request, _("Phones that fetch their configuration anew: %(count)d") % {"count": count})

    # Deleting

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete one noun with its audit entry."""
        facts, names, phones = self.facts(obj), self.names(obj), set(self.reach(obj))
        noun = self.model._base_manager.get(pk=obj.pk)
        with transaction.atomic():
            self.remove(obj)
            changes.record_deleted(noun, self.kind, facts, names, author_of(request), timezone.now())
            self.tell_phones(request, noun, set(facts), phones)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete several nouns, all or none, each with its audit entry."""
        with transaction.atomic():
            for noun in queryset:
                self.delete_model(request, noun)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Ask, delete, or say what came in between."""
        answer: HttpResponse = self._unless_in_use(
            request, lambda: super(NounPage, self).delete_view(request, object_id, extra_context)
        )
        return answer

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Django's actions, and what can be done with a selection of this noun."""
        return {**super().get_actions(request), **selection.actions_of(self, request)}

    def response_action(self, request: HttpRequest, queryset: Any) -> Any:
        """Do an action with the selected nouns, or say what came in between."""
        return self._unless_in_use(request, lambda: super(NounPage, self).response_action(request, queryset))

    def _unless_in_use(self, request: HttpRequest, view: Callable[[], Any]) -> Any:
        try:
            return view()
        except InUse as refusal:
            reasons = list(refusal.reasons)
        except ProtectedError as refusal:
            reasons = [str(row) for row in list(refusal.protected_objects)[: deletion.SHOWN]]
        messages.error(request, _("Not deleted, it is in use: %(reasons)s") % {"reasons": " ".join(reasons)})
        return HttpResponseRedirect(request.get_full_path())

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list[Any], dict[str, int], set[str], Any]:
        """What goes along, and what stands in the way, with links."""
        nouns = list(objs)
        if not nouns:
            return [], {}, set(), []
        lacking = set() if self.has_delete_permission(request) else {str(self.opts.verbose_name)}
        others = [(noun, self.origin(noun)) for noun in nouns]
        text = _("%(noun)s is from %(cluster)s, and goes when it goes there.")
        protected = [text % {"noun": noun, "cluster": cluster} for noun, cluster in others if cluster]
        protected += self.obstacles(request, nouns) + deletion.listed(deletion.uses_of(nouns, self.ignored_uses))
        return deletion.goes_along(nouns), {}, lacking, protected

    # What Django would write besides the audit trail

    def log_addition(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing: the audit trail has it."""

    def log_change(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing: the audit trail has it."""

    def log_deletions(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing: the audit trail has it."""

    # Showing

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[Any, bool]:
        """What the search field above the list finds; no row comes twice."""
        return searched(queryset, self.get_search_fields(request), search_term), False

    def get_changelist(self, request: HttpRequest, **_kwargs: Any) -> type[FindList]:
        """The list that is found by field."""
        return FindList

    def get_urls(self) -> list[URLPattern]:
        """The addresses of the deeds, then Django's."""
        return [*deeds.addresses(self, self.deeds), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, change: bool = False,
        form_url: str = "", obj: Any = None,
    ) -> Any:  # fmt: skip
        """The form with the noun's state, warnings, deeds and related links above it."""
        if obj is not None:
            context |= {
                "revision_field": optimistic.FIELD,
                "revision": obj.revision,
                "panel": [*self._origin_row(obj), *self.panel(request, obj)],
                "noun_warnings": self.warnings(request, obj),
                "deed_buttons": deeds.buttons(self, request, obj),
                "related_links": self.related_links(request, obj),
            }
        context["show_save_and_add_another"] = False
        context["show_history"] = request.user.has_perm("ledger.view_auditentry")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _origin_row(self, noun: Any) -> list[tuple[Any, Any]]:
        cluster = self.origin(noun)
        return [(_("From"), _("%(cluster)s; it is changed there") % {"cluster": cluster})] if cluster else []

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The changes of a noun, newest first, from the audit trail."""
        noun = self.get_object(request, unquote(object_id))
        if not request.user.has_perm("ledger.view_auditentry") or not self.has_view_permission(request):
            raise PermissionDenied
        if noun is None:
            return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
        entries = [
            {"entry": entry, "changes": optimistic.difference_texts(entry.details.get("changes", {}))}
            for entry in self.history(noun)[:HISTORY_SHOWN]
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "subtitle": str(noun),
            "entries": entries,
            "opts": self.opts,
            "back": self.address_of(noun),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin_web/history.html", context)

    def history(self, noun: Any) -> Any:
        """The audit entries of a noun, newest first."""
        return changes.history_of(noun)


class Record(NounPage):
    """A noun that is only looked at: nobody adds, changes or deletes it here."""

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """The facts and the deeds, without history."""
        noun = context.get("original")
        context = {**context, "show_history": False}
        if noun is not None:
            context["deed_buttons"] = deeds.buttons(self, request, noun)
        return skin.ModelAdmin.render_change_form(self, request, context, *args, **kwargs)


class Rows(skin.TabularInline):  # type: ignore[misc]
    """Rows that are edited on their noun's page; they come and go with the right to change the noun."""

    extra = 0
    hide_title = True
    show_change_link = False
    help_texts: dict[str, Any] = {}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the noun."""
        return self._may_change(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the noun."""
        return self._may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the noun."""
        return self._may_change(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the noun."""
        return bool(request.user.has_perm(self._change_noun().replace(".change_", ".view_")))

    def _may_change(self, request: HttpRequest, noun: Any) -> bool:
        page = self.admin_site._registry.get(self.parent_model)
        is_theirs = isinstance(page, NounPage) and isinstance(noun, self.parent_model) and bool(page.origin(noun))
        return bool(request.user.has_perm(self._change_noun())) and not is_theirs

    def _change_noun(self) -> str:
        options = self.parent_model._meta
        return f"{options.app_label}.change_{options.model_name}"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the menus beside fields that find a noun: rows have no room for them, but for adding a number."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for menu in ("add", "change", "delete", "view"):
            if hasattr(getattr(field, "widget", None), f"can_{menu}_related"):
                keeps = menu == "add" and db_field.name == "directory_number" and field.widget.can_add_related
                setattr(field.widget, f"can_{menu}_related", keeps)
        return field

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The rows' forms, with help."""
        kwargs.setdefault("help_texts", self.help_texts)
        return super().get_formset(request, obj, **kwargs)
