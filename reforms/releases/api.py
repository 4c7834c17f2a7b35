"""Releases over HTTP: what there is, and the files themselves, which never change."""

from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.urls import reverse
from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from reforms.api import question as questions
from reforms.api.authentication import Discreet
from reforms.api.preconditions import is_known
from reforms.api.question import Askable
from reforms.api.reading import MAX_AGE
from reforms.api.serializers.changes import CheckpointSerializer
from reforms.models import Programme
from reforms.releases.schema import FileSchema
from reforms.releases.shelf import Release, find, releases

HEADERS = {"Cache-Control": f"public, max-age={MAX_AGE}", "Vary": "Accept"}
FOR_EVER = "public, max-age=31536000, immutable"


class LicenceSerializer(serializers.Serializer[Any]):
    """Under which licence data is given."""

    name = serializers.CharField(read_only=True, help_text="SPDX identifier.")
    title = serializers.CharField(read_only=True)
    path = serializers.CharField(read_only=True, help_text="The address of its text.")


class ReleaseFileSerializer(serializers.Serializer[Any]):
    """A file of a release."""

    path = serializers.CharField(read_only=True, help_text="Its place in the package.")
    bytes = serializers.IntegerField(read_only=True)
    sha256 = serializers.CharField(read_only=True, help_text="In hexadecimal.")
    media_type = serializers.CharField(read_only=True)
    url = serializers.CharField(read_only=True, help_text="Where it is downloaded.")


class ReleaseSerializer(serializers.Serializer[Any]):
    """A data package: the record at one entry of the ledger, which never changes."""

    id = serializers.CharField(read_only=True, help_text="Its day and its ledger entry.")
    api_url = serializers.CharField(read_only=True, help_text="Its own address in this API.")
    title = serializers.CharField(read_only=True)
    programme = serializers.CharField(
        read_only=True, allow_null=True, help_text="The only programme in it; null for all."
    )
    published_at = serializers.DateTimeField(read_only=True)
    previous = serializers.CharField(
        read_only=True, allow_null=True, help_text="The release that its changelog begins after."
    )
    licences = LicenceSerializer(many=True, read_only=True)
    rows = serializers.DictField(
        child=serializers.IntegerField(), read_only=True, help_text="Rows of each table."
    )
    ledger = CheckpointSerializer(read_only=True, help_text="The signed head it was made at.")
    files = ReleaseFileSerializer(
        many=True,
        read_only=True,
        help_text="`datapackage.json` describes them; a zip has them all.",
    )


class ReleasePage(BasePagination):
    """How the list is documented: it is always whole."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", "required": ["results"], "properties": {"results": schema}}


class ReleaseViewSet(Discreet, GenericViewSet[Programme]):
    """Releases: dated data packages, the newest first."""

    queryset = Programme.objects.none()
    serializer_class = ReleaseSerializer
    pagination_class = ReleasePage
    filter_backends = ()
    http_method_names = ["get", "head"]

    def askable(self) -> Askable:
        """Nothing may be asked of them."""
        return Askable(self.basename)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        questions.read(request._request.GET, "", self.askable())
        rows = [self._row(one) for one in releases()]
        return Response({"results": rows}, headers=HEADERS)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        questions.read(request._request.GET, "", self.askable())
        return Response(self._row(_found(kwargs["pk"])), headers=HEADERS)

    def _row(self, release: Release) -> dict[str, Any]:
        def address(path: str = "") -> str:
            if not path:
                return self.request.build_absolute_uri(
                    reverse("release-detail", args=[release.name])
                )
            place = reverse("release-file", args=[release.name, path])
            return self.request.build_absolute_uri(place)

        said = {name: value for name, value in release.listing.items() if name != "name"}
        files = [{**one, "url": address(one["path"])} for one in said["files"]]
        return {"id": release.name, "api_url": address(), **said, "files": files}


class ReleaseFileViewSet(Discreet, GenericViewSet[Programme]):
    """A file of a release, as it was published."""

    queryset = Programme.objects.none()
    serializer_class = ReleaseFileSerializer
    schema: Any = FileSchema()
    filter_backends = ()
    http_method_names = ["get", "head"]

    def askable(self) -> Askable:
        """Nothing may be asked of it."""
        return Askable(self.basename)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        """The file is what it is; only problems are rendered, as JSON."""
        renderer = self.get_renderers()[0]
        return renderer, str(renderer.media_type)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        questions.read(request._request.GET, "", self.askable())
        release = _found(kwargs["pk"])
        # Only what was published as its file is opened, whatever the address says.
        listed = release.file(kwargs["path"])
        if listed is None:
            raise Http404(f"The release {release.name} has no file {kwargs['path']}.")
        tag = f'"{listed["sha256"]}"'
        if is_known(request, tag):
            return HttpResponse(status=304, headers={"ETag": tag, "Cache-Control": FOR_EVER})
        name = listed["path"].rpartition("/")[2]
        response = FileResponse(
            (release.folder / listed["path"]).open("rb"),
            as_attachment=True,
            filename=name if release.name in name else f"{release.name}-{name}",
            content_type=listed["media_type"],
        )
        response.block_size = 65_536
        response["Content-Length"] = str(listed["bytes"])
        response["ETag"] = tag
        response["Cache-Control"] = FOR_EVER
        return response


def _found(name: str) -> Release:
    release = find(name)
    if release is None:
        raise Http404(f"There is no release {name}.")
    return release
