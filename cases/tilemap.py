"""A map of tiles: each district a square in the place that the country pack gives it, provinces outlined; pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cases.charts import COLOURS, SHADES, ink_on
from cases.pack import Place

SIDE = 40  # of a tile, in the drawing's own measure


@dataclass(frozen=True)
class Tile:
    """One district as it is drawn."""

    place: Place
    x: int
    y: int
    shade: int
    said: str
    address: str
    hidden: bool = False

    @property
    def short(self) -> str:
        return self.place.name[:4]

    @property
    def colour(self) -> str:
        return COLOURS[self.shade]

    @property
    def ink(self) -> str:
        return ink_on(self.shade)


@dataclass(frozen=True)
class TileMap:
    """A whole map: `outlines` is the path of all borders between provinces and around the country."""

    tiles: list[Tile]
    outlines: str
    width: int
    height: int

    @property
    def hides(self) -> bool:
        return any(tile.hidden for tile in self.tiles)


@dataclass(frozen=True)
class Told:
    """What a district's tile tells, and where it leads. What may not be told is drawn hatched, never as nothing."""

    value: float
    said: str
    address: str
    hidden: bool = False


def draw(
    districts: Iterable[Place], told: Mapping[str, Told], *, shade: Callable[[float], int] | None = None
) -> TileMap:
    """A district that no tile was given to stands in the table alone. Without `shade` the darkest is the most."""
    placed = {
        (one.tile_column, one.tile_row): one
        for one in districts
        if one.tile_column is not None and one.tile_row is not None
    }
    if not placed:
        return TileMap([], "", 0, 0)
    left, top = min(column for column, _row in placed), min(row for _column, row in placed)
    most = max((one.value for one in told.values()), default=0)
    tiles = []
    for (column, row), place in sorted(placed.items(), key=lambda item: item[1].name):
        tells = told.get(place.code, Told(0, "0", ""))
        dark = shade(tells.value) if shade else -int(-SHADES * tells.value // most) if most else 0
        x, y = (column - left) * SIDE, (row - top) * SIDE
        tiles.append(Tile(place, x, y, dark, tells.said, tells.address, tells.hidden))
    width, height = max(tile.x for tile in tiles) + SIDE, max(tile.y for tile in tiles) + SIDE
    return TileMap(tiles, _borders(tiles), width, height)


def _borders(tiles: list[Tile]) -> str:
    """Where two tiles side by side are of two provinces, or one has no neighbour, a line is between."""
    province = {(tile.x, tile.y): tile.place.parent_id for tile in tiles}
    lines = []
    for (x, y), own in sorted(province.items()):
        right, below = x + SIDE, y + SIDE
        sides = {
            (right, y): f"M{right} {y}V{below}",
            (x, below): f"M{x} {below}H{right}",
            (x - SIDE, y): f"M{x} {y}V{below}",
            (x, y - SIDE): f"M{x} {y}H{right}",
        }
        lines += [line for beside, line in sides.items() if province.get(beside) != own]
    return "".join(dict.fromkeys(lines))
