"""The learner's routes: home, a step, and the sheets of its activities."""

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from courses.modules.spine import TRACK, TRACKS
from plugin import sessions
from plugin.security import Access, guard
from plugin.web.learn import desk, posting, sheet_pages
from plugin.web.learn.home import home_page
from plugin.web.learn.words import day_words

blueprint = Blueprint("learn", __name__, url_prefix="/learn")


def init_app(app: Flask) -> None:
    """Register the pages and what their templates use."""
    app.register_blueprint(blueprint)
    app.jinja_env.filters["day"] = day_words


@blueprint.get("/")
@guard(Access.LAUNCHED)
def home() -> str:
    """Show what to do now and where the seven steps stand."""
    page = home_page(desk.find_steps(TRACK), track=TRACK, now=desk.now())
    return render_template(
        "learn/home.html",
        page=page,
        track_title=TRACKS[TRACK],
        given_name=sessions.visit.given_name,
        only_trying=desk.only_trying(),
    )


@blueprint.get("/<track>/<module>/")
@guard(Access.LAUNCHED)
def module(track: str, module: str) -> Response:
    """Go to the first activity of a step that is not done."""
    progress = desk.find_progress(desk.find_place(track, module), "brief")
    activity = progress.next_activity(desk.now()) or progress.open_activities[-1]
    return redirect(url_for("learn.show", track=track, module=module, activity=activity))


@blueprint.get("/<track>/<module>/<activity>")
@guard(Access.LAUNCHED)
def show(track: str, module: str, activity: str) -> str:
    """Show an activity: its form, or what came of it."""
    place = desk.find_place(track, module)
    progress = desk.find_progress(place, activity)
    sheet = desk.current_sheet(progress, activity, request.args.get("occasion"), desk.now())
    return sheet_pages.show(progress, place, sheet)


@blueprint.post("/<track>/<module>/<activity>")
@guard(Access.LAUNCHED)
def post(track: str, module: str, activity: str) -> posting.Answer:
    """Keep a draft, add or remove an item, or hand a sheet in."""
    return posting.answer(posting.read_post(desk.find_place(track, module), activity), desk.now())
