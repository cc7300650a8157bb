"""The page of one sheet: the template that fits it and what that template needs."""

from typing import Any

from flask import render_template, request

from courses.modules.actions import Place
from courses.modules.progress import Progress
from courses.modules.sheets import SCALES, Sheet
from courses.modules.spine import STEPS, TRACKS
from plugin.web.learn import desk
from plugin.web.learn.controls import form_view
from plugin.web.learn.snapshots import snapshot_page
from plugin.web.learn.words import rail, title_of

TEMPLATES = {
    ("brief", "main"): "learn/brief.html",
    ("snapshot", "t1"): "learn/snapshot.html",
    ("snapshot", "t2"): "learn/snapshot.html",
    ("snapshot", "note"): "learn/snapshot_result.html",
    ("artefact", "main"): "learn/artefact.html",
    ("commitment", "made"): "learn/promise.html",
    ("commitment", "closed"): "learn/closing.html",
}


def show(progress: Progress, place: Place, sheet: Sheet, *, tried: bool = False) -> str:
    """Render the page of a sheet. `tried` says that somebody just wanted to hand it in."""
    moment = desk.now()
    work = progress.works.get((sheet.activity, sheet.occasion))
    values = work.values if work else {}
    return render_template(
        TEMPLATES[sheet.activity, sheet.occasion],
        **_frame(progress, place, sheet.activity),
        sheet=sheet,
        work=work,
        tried=tried,
        view=form_view(
            sheet.form, values, today=moment.date(), tried=tried, opened=request.args.get("open", "")
        ),
        result=snapshot_page(progress, moment) if sheet.occasion == "note" else None,
        scale=SCALES[progress.pack.snapshot.scale],
        today=moment.date(),
    )


def _frame(progress: Progress, place: Place, activity: str) -> dict[str, Any]:
    return {
        "progress": progress,
        "pack": progress.pack,
        "place": place,
        "track_title": TRACKS[place.track_key],
        "steps": len(STEPS),
        "rail": rail(progress, place, activity, desk.now()),
        "activity_title": title_of(activity, progress.pack),
        "only_trying": desk.only_trying(),
    }
