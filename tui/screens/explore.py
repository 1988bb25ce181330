"""4 Explore: what is believed of every recipe, as maps and slices, and runs planned from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from designer.campaigns.errors import DesignerError
from designer.engine.pictures.answers import InformationMap, RecipeMap, Slices
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.form import problems_text
from designer.tui.explore.dialogs import choose_axes, propose_here, type_recipe
from designer.tui.explore.layers import grid_axis, heat_map
from designer.tui.explore.state import FAR, Exploring
from designer.tui.explore.strip import Strip
from designer.tui.explore.texts import read_out, read_out_of_slices, recipe_words, sliders
from designer.tui.feed import PictureFeed, Wanted
from designer.tui.screens.base import TaskScreen
from designer.tui.widgets.pictures.map_view import MapView
from designer.tui.widgets.pictures.picture import Picture

_SLIDERS = 4  # rows
_SIZE = [41, 25]  # settings of a map


def _moves() -> list[BindingType]:
    keys = {"left": (-1, 0), "right": (1, 0), "down": (0, -1), "up": (0, 1)}
    near = [Binding(k, f"move({x}, {y})", show=False) for k, (x, y) in keys.items()]
    far = [
        Binding(f"shift+{k}", f"move({x * FAR}, {y * FAR})", show=False)
        for k, (x, y) in keys.items()
    ]
    ends = [Binding("home", "end(False)", show=False), Binding("end", "end(True)", show=False)]
    return [*near, *far, *ends]


class ExploreScreen(TaskScreen):
    """Maps and slices."""

    MODE = "explore"
    ABOUT = (
        "Arrows move the cursor on the machine's steps (shift: five at once), [ ] the factor that"
        " is marked below, tab marks another. ● runs, ✗ failed, ◆ waiting, ○ earlier lines;"
        " hatched: cannot be made. ± is half the 95 % interval of the recipe itself; bands of"
        " slices hold 50 and 95 %, dashed lines are the ends of the window."
    )
    AUTO_FOCUS: ClassVar[str | None] = ""
    BINDINGS: ClassVar[list[BindingType]] = _moves()

    def __init__(self) -> None:
        super().__init__()
        self._feed: PictureFeed | None = None
        self._here: Exploring | None = None
        self._about: tuple[str, int] | None = None
        self._spec: object = None
        self._maps: dict[tuple[object, ...], Any] = {}

    def parts(self) -> Iterator[Widget]:
        """Maps, slices, read-out and sliders."""
        yield Static("", markup=False, id="no-map")
        with Horizontal(id="maps"):
            yield MapView(id="map-main")
            yield MapView(id="map-side")
        yield Picture(id="strip")
        yield Static("", markup=False, id="read-out")
        yield Static("", markup=False, id="sliders")

    @property
    def here(self) -> Exploring | None:
        """Where somebody looks; None before anything is known."""
        return self._here

    # ---- data -------------------------------------------------------------------------------

    @property
    def feed(self) -> PictureFeed:
        """Fetches answers."""
        if self._feed is None:
            self._feed = PictureFeed(self.ui, self._show)
        return self._feed

    def present(self, view: CampaignView) -> None:
        """Show the campaign as it is now."""
        spec = view.details["spec"]
        if spec != self._spec or (self._about is not None and self._about[0] != view.name):
            self._here = None  # other factors or another campaign: begin anew
        self._spec = spec
        self._about = (view.name, view.seq)
        self._show()

    def _ask(self, kind: str, verb: str, *key: object, **arguments: object) -> Any:  # noqa: ANN401
        """An answer about the campaign as it is now; None: not yet."""
        wanted = Wanted(
            (kind, self._about, *key),
            f"pictures.{verb}",
            {"campaign": self._about[0] if self._about else "", **arguments},
        )
        return self.feed.get(kind, wanted)

    def _slices(self) -> Slices | DesignerError | None:
        here, view = self._here, self.ui.view
        if here is None:
            best = view.status["best"] if view is not None else None
            recipe = None if best is None else dict(best["settings"])
        else:
            recipe = dict(here.recipe)
        key = None if recipe is None else tuple(recipe.items())
        return cast(
            "Slices | DesignerError | None", self._ask("slices", "slices", key, recipe=recipe)
        )

    def _map(self, verb: str, **more: object) -> Any:  # noqa: ANN401 - of either kind
        here = self._here
        if here is None or here.y is None:
            return None
        recipe = dict(here.recipe)
        return self._ask(verb, verb, here.held_key, x=here.x, y=here.y, recipe=recipe, **more)

    # ---- what is shown ----------------------------------------------------------------------

    def _show(self) -> None:
        """Show what is there, and ask for what is not."""
        if not self.alive or self._about is None or not self.is_current:
            return
        found = self._slices()
        if self._here is None and found is not None and not isinstance(found, DesignerError):
            view = self.ui.view
            if view is not None:
                self._here = Exploring.begin(view.spec, found["recipe"], tuple(found["responses"]))
        if self._here is not None and found is not None and not isinstance(found, DesignerError):
            self._here = self._here.with_known(tuple(found["responses"]))
        here, refused = self._here, found if isinstance(found, DesignerError) else None
        self.set_class(here is None or refused is not None, "-unknown")
        if here is None or refused is not None:
            self._say_why(refused)
            return
        self.set_class(here.y is None, "-single")
        if here.y is not None:
            self._show_maps(here)
        else:
            self._say(here, read_out_of_slices(here, cast("Slices | None", found)))
        if found is not None and not isinstance(found, DesignerError):
            strip = Strip(found, here.response, here.held)
            self.query_one("#strip", Picture).show(strip.draw)
        self.query_one("#sliders", Static).update(
            sliders(here, _SLIDERS, ascii_only=self.query_one(MapView).palette.ascii)
        )

    def _say_why(self, refused: DesignerError | None) -> None:
        """Why there is no picture."""
        text = Content.styled("learning from the results …", "$quiet")
        if refused is not None:
            text = Content.assemble(("No map yet\n\n", "bold"), problems_text(refused))
        self.query_one("#no-map", Static).update(text)

    def _show_maps(self, here: Exploring) -> None:
        found = self._map("recipe_map", size=_SIZE)
        bits = self._map("information_map") if self._wants_bits(here) else None
        found = None if isinstance(found, DesignerError) else cast("RecipeMap | None", found)
        bits = None if isinstance(bits, DesignerError) else cast("InformationMap | None", bits)
        self._show_read_out(here, found, bits)
        if found is None or here.response not in found["responses"]:
            return  # what was there stays until the new map comes
        side = "width" if here.layer == "mean" else "mean"
        for name, layer in (("#map-main", here.layer), ("#map-side", side)):
            view = self.query_one(name, MapView)
            key = (id(found), id(bits) if layer == "bits" else 0, layer, here.response)
            if key not in self._maps:
                while len(self._maps) > 16:
                    del self._maps[next(iter(self._maps))]
                # the answer is kept with its map: its id stays its own
                self._maps[key] = (found, bits, heat_map(here, found, layer, bits))
            shown = self._maps[key][2]
            x, y = grid_axis(found["x"]), grid_axis(found["y"])
            place = x.place(here.recipe[here.x]), y.place(here.recipe[here.y or ""])
            view.show_map(shown, place)

    def _wants_bits(self, here: Exploring) -> bool:
        return here.layer == "bits"

    def _show_read_out(
        self, here: Exploring, found: RecipeMap | None, bits: InformationMap | None
    ) -> None:
        self._say(here, read_out(here, found, bits))

    def _say(self, here: Exploring, told: Content) -> None:
        """The recipe that is looked at, and what is expected of it."""
        words = Content.styled(recipe_words(here), "bold")
        self.query_one("#read-out", Static).update(Content("\n").join([words, told]))

    # ---- keys -------------------------------------------------------------------------------

    def _go(self, here: Exploring | None) -> None:
        if here is not None and here is not self._here:
            self._here = here
            self._show()

    def action_move(self, across: int, up: int) -> None:
        """Move the cursor."""
        if self._here is not None:
            self._go(self._here.move(across, up))

    def action_end(self, last: bool) -> None:
        """Move the cursor to an end across."""
        if self._here is not None:
            self._go(self._here.end(last=last))

    def action_layer(self, steps: int) -> None:
        """Show something else."""
        if self._here is not None:
            self._go(self._here.next_layer(steps))

    def action_response(self, steps: int) -> None:
        """Show another response."""
        if self._here is not None:
            self._go(self._here.next_response(steps))

    def action_swap(self) -> None:
        """Change the axes."""
        if self._here is not None:
            self._go(self._here.swap())

    def action_step_held(self, steps: int) -> None:
        """Change the other factor that is chosen."""
        if self._here is not None:
            self._go(self._here.step_held(steps))

    def action_choose_held(self, steps: int) -> None:
        """Choose another other factor."""
        if self._here is not None:
            self._go(self._here.choose_held(steps))

    def action_slices(self) -> None:
        """Show slices instead of the map, or the map again."""
        self.toggle_class("-slices")

    def action_to_best(self) -> None:
        """Go to the best recipe."""
        best = self.ui.view.status["best"] if self.ui.view is not None else None
        if best is None:
            self.ui.notify("no best recipe is known yet: a response needs a window or a goal")
        elif self._here is not None:
            self._go(self._here.at(best["settings"]))

    def action_to_waiting(self) -> None:
        """Go to the next waiting run."""
        view, here = self.ui.view, self._here
        if view is None or here is None:
            return
        recipes = [run["used"] for run in view.waiting]
        if not recipes:
            self.ui.notify("no run waits")
            return
        place = recipes.index(here.recipe) + 1 if here.recipe in recipes else 0
        run = view.waiting[place % len(recipes)]
        self.ui.notify(f"{run['run']}, {run['status']}")
        self._go(here.at(run["used"]))

    def action_axes(self) -> None:
        """Choose the axes."""
        if self._here is not None:
            self.ui.run_dialog(choose_axes(self.ui, self._here, self._go))

    def action_edit_recipe(self) -> None:
        """Type settings in."""
        if self._here is not None:
            self.ui.run_dialog(type_recipe(self.ui, self._here, self._go))

    def action_propose_here(self) -> None:
        """Plan a run of the recipe at the cursor."""
        if self._here is not None:
            self.ui.run_dialog(propose_here(self.ui, self._here))
