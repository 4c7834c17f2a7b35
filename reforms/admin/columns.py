"""The fields of the record on a page or in an inline, for writing and for reading."""

from typing import Any

from django.contrib.admin.options import BaseModelAdmin, InlineModelAdmin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.http import HttpRequest
from django.utils.text import capfirst

from reforms.admin.fields import (
    SHAPED,
    DescribedChoiceField,
    DescribedChoicesField,
    TextsFormField,
)
from reforms.admin.forms import RecordForm
from reforms.admin.reading import reader
from reforms.admin.widgets import DescribedSelect
from reforms.models.fields import TextsField


class RecordFields(BaseModelAdmin):
    """Fields of the record on a page or in an inline, for writing and for reading."""

    form: Any = RecordForm

    def is_read_only(self, request: HttpRequest, obj: Any) -> bool:
        """Whether the page or the inline only shows."""
        return obj is not None and not self.has_change_permission(request, obj)

    def layout(self, request: HttpRequest, obj: Any) -> Any:
        """The fieldsets, before it is known whether they are for writing or for reading."""
        return super().get_fieldsets(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = None if self.is_read_only(request, obj) else self.fixed(request, obj)
        return [
            (name, {**options, "fields": [self._readable(one, fixed) for one in options["fields"]]})
            for name, options in self.layout(request, obj)
        ]

    def _readable(self, field: Any, fixed: Any) -> Any:
        """What shows the field where it cannot be edited: `fixed` names those; None means all."""
        if isinstance(field, list | tuple):
            return [self._readable(one, fixed) for one in field]
        if not isinstance(field, str) or (fixed is not None and field not in fixed):
            return field
        model: Any = self.model
        return reader(model, field) or field

    def fixed(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Fields that cannot be edited, also by those who may edit the others."""
        return list(self.readonly_fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = flatten_fieldsets(self.get_fieldsets(request, obj))
        return [*self.fixed(request, obj), *(one for one in shown if callable(one))]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        words = {
            "label": capfirst(db_field.verbose_name),
            "help_text": db_field.help_text,
            "required": not db_field.blank,
        }
        if isinstance(db_field, TextsField):
            return TextsFormField(max_length=db_field.max_length or 0, **words)
        if isinstance(db_field, models.JSONField) and db_field.name in SHAPED:
            return SHAPED[db_field.name](**words)
        if isinstance(db_field, models.URLField):
            kwargs.setdefault("assume_scheme", "https")
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = False
        return field

    def get_field_queryset(self, db: Any, db_field: Any, request: Any) -> Any:
        """Nobody chooses, or learns by guessing, what they may not see; nor what was withdrawn."""
        related: Any = self.admin_site._registry.get(db_field.remote_field.model)
        if related is not None and hasattr(related, "visible"):
            return related.ordered(request, related.choosable(related.visible(request)))
        return super().get_field_queryset(db, db_field, request)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", DescribedChoiceField)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", DescribedSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", DescribedChoicesField)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class PartInline(RecordFields, InlineModelAdmin):
    """Parts of an object: who may edit the object may edit them, who may see it may see them."""

    extra = 0

    def _owner(self) -> Any:
        return self.admin_site._registry[self.parent_model]

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return bool(self._owner().has_view_or_change_permission(request, obj))

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        owner = self._owner()
        if obj is None or obj._state.adding:
            return bool(owner.has_add_permission(request))
        return bool(owner.has_change_permission(request, obj))

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)
