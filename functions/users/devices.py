"""Devices that take push messages: one a platform. A push token is never shown again."""

from typing import get_args

from events.notifications import DeviceRegistered, DeviceRemoved
from functions.users.models import Device, DeviceQuery, NewDevice, Platform
from shared.errors import Refusal
from shared.ids import uuid7
from shared.models import Page, build
from shared.request import Request
from shared.routing import Old, Routes
from shared.sql import queries

PLATFORMS = get_args(Platform)
routes = Routes("/users/me/devices", tag="users", v1=True)
sql = queries(__file__)


@routes.get("", old=(Old("users/devices", ("GET",)),))
def list_devices(request: Request, query: DeviceQuery) -> Page[Device]:
    """List the devices that take your push messages."""
    return request.db.page(Device, sql.list_devices, query)


@routes.put("/{platform}", old=(Old("users/devices", ("POST",)),))
def register_device(request: Request, platform: str, body: NewDevice) -> Device:
    """Register the device of a platform (`ios`, `android` or `web`), in place of another one.

    A push token that another account had registered leaves that account.
    """
    _check(platform)
    row = request.db.rows(sql.register_device, id=uuid7(), platform=platform, token=body.token)[0]
    changed = row.pop("changed")
    device = build(Device, row)
    if changed:
        request.emit(
            DeviceRegistered(device_id=device.id, platform=platform, entity_version=device.version)
        )
    return device


@routes.delete("/{platform}")
def remove_device(request: Request, platform: str) -> None:
    """Remove the device of a platform: it takes no more push messages."""
    _check(platform)
    device_id = request.db.value(sql.remove_device, platform=platform)
    if device_id is None:
        raise Refusal("NOT_FOUND")
    request.emit(DeviceRemoved(device_id=device_id))


def _check(platform: str) -> None:
    if platform not in PLATFORMS:
        raise Refusal("NOT_FOUND", f"A platform is one of {', '.join(PLATFORMS)}.")
