"""``/emcc/question``: another cluster asks. Only over TLS; whatever is not a member's question gets 403 and no word."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from roamline.rooms.emcc import talking
from roamline.wires.emcc.envelope import LARGEST


@csrf_exempt  # who asks is proved by the seal; there is no session to ride on
@require_POST
def question(request: HttpRequest) -> HttpResponse:
    """Answer one sealed question."""
    if not request.is_secure():
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    text = request.read(LARGEST + 1)
    answer = talking.answer(text, timezone.now()) if len(text) <= LARGEST else None
    if answer is None:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    response = HttpResponse(answer, content_type="application/json")
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(answer))
    return response
