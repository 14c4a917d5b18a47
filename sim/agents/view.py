"""A view: one row of an entity as a Mesa agent that can be read and nothing else; and desks, which are views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar

from mesa import Agent

from sim.agents.today import queues
from sim.cases import NEVER

if TYPE_CHECKING:
    from mesa.discrete_space import Cell

    from sim.model import GovernanceModel

V = TypeVar("V", bound="View")


class View(Agent):
    """One row of an entity, as a Mesa agent that can be read but not written, moved or removed.

    Mesa's own constructor numbers and registers agents one by one; a view does neither, the model
    registers all its views together when they are first asked for.

    Attributes:
        model: the model whose world it shows.
        row: row of its entity in the world's columns.
        pos: always None; where it is stands in `cell`.
    """

    of: ClassVar[str]
    """The entity whose rows the views of this kind are."""

    model: GovernanceModel
    row: int
    pos = None

    def __init__(self, model: GovernanceModel, row: int) -> None:
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "row", row)

    @classmethod
    def listed_as(cls) -> type[View]:
        """Return the class under which the model lists a view of every row of the entity, in order."""
        return cls

    @classmethod
    def all_of(cls, model: GovernanceModel) -> list[Any]:
        """Make, or find, the view of every row of this kind; one for each row of the entity unless said otherwise."""
        return [cls(model, row) for row in range(model.world.layout.rows(cls.of))]

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(
            f"{type(self).__name__}.{name} is read-only: agents are views of the model's columns, and only rules write"
        )

    def __delattr__(self, name: str) -> NoReturn:
        self.__setattr__(name, None)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.row})"

    def remove(self) -> NoReturn:
        """Refuse: the rows of a world stay for as long as it lives."""
        raise AttributeError(f"{type(self).__name__} cannot be removed: agents are views of the model's columns")

    @property
    def unique_id(self) -> int:
        """Number of the agent, unique within its model; the same in every model of the same layout."""
        return self.model.first_id(type(self)) + self.row

    @property
    def cell(self) -> Cell:
        """Cell of the grid on which it stands."""
        return self.model.grid[tuple(self.model.world.layout.cells[self.of][self.row].tolist())]

    def _read(self, column: str) -> Any:
        """Return this row's value of a column or lever, as a Python number."""
        return getattr(self.model.world, column)[0, self.row].item()

    def _children(self, entity: str, kind: type[V]) -> list[V]:
        """Return the views of the rows of another entity that belong to this one."""
        layout = self.model.world.layout
        first = layout.first(self.of, entity)[self.row]
        return self.model.views(kind)[first : first + layout.count(self.of, entity)[self.row]]

    def _days_until(self, column: str) -> int | None:
        """Return the days from today until the day that stands in a column, none if it never comes."""
        day = self._read(column)
        return None if day == NEVER else int(day - self.model.day)


class Desk(View):
    """An office with a desk: a queue that is served so many hours a week."""

    kind_of_desk: ClassVar[int]

    @property
    def desk(self) -> int:
        """Row of its desk in the world's columns of desks."""
        return int(self.model.desk_rows[self.kind_of_desk][self.row])

    @property
    def cell(self) -> Cell:
        """Cell of the grid on which the desk stands."""
        return self.model.grid[tuple(self.model.world.layout.cells["desk"][self.desk].tolist())]

    @property
    def hours(self) -> float:
        """Hours a week that the desk gives to cases."""
        return float(self.model.world.desk_minutes[0, self.desk] / 60)

    @property
    def queue(self) -> int:
        """Cases in the desk's queue, among them those that must not be taken up yet."""
        return int(self.model.today(queues)[self.desk])

    @property
    def wait(self) -> float:
        """Posted expected wait, days."""
        return float(self.model.world.wait_days[0, self.desk])
