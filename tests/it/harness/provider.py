"""A Secret Service that misbehaves as the file named on the command line says, at each
call: `good`, `completes` (every change answers with a prompt that completes by itself, as
KeePassXC's), `asks` (with one that nobody answers), `forgets`, `refuses`, `slow`, `locked`.
Each call is noted in the file beside that, with `.log` at its end.
"""

import sys
import time

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

MODE = sys.argv[1]
SERVICE = "org.freedesktop.Secret.Service"
COLLECTION = "org.freedesktop.Secret.Collection"
ITEM = "org.freedesktop.Secret.Item"
PROMPT = "org.freedesktop.Secret.Prompt"
PROPERTIES = "org.freedesktop.DBus.Properties"
ROOT = "/org/freedesktop/secrets"
NONE = dbus.ObjectPath("/")

dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
items = {}
count = 0


class Refused(dbus.DBusException):
    _dbus_error_name = "org.example.Error.Refused"


def mode(call):
    with open(MODE + ".log", "a") as log:
        log.write(call + "\n")
    with open(MODE) as file:
        now = file.read().strip()
    if now == "slow":
        time.sleep(0.4)
    return now


class Prompt(dbus.service.Object):
    def __init__(self, action):
        global count
        count += 1
        self.path = f"{ROOT}/prompt/{count}"
        self.action = action
        super().__init__(bus, self.path)

    @dbus.service.method(PROMPT, in_signature="s")
    def Prompt(self, window):
        if mode("Prompt") != "asks":
            GLib.idle_add(self.complete)

    @dbus.service.method(PROMPT)
    def Dismiss(self):
        mode("Dismiss")
        self.Completed(True, dbus.ObjectPath("/", variant_level=1))

    def complete(self):
        result = self.action()
        self.Completed(False, dbus.ObjectPath(result, variant_level=1))
        return False

    @dbus.service.signal(PROMPT, signature="bv")
    def Completed(self, dismissed, result):
        pass


class Item(dbus.service.Object):
    def __init__(self, attributes, secret):
        global count
        count += 1
        self.path = f"{ROOT}/collection/it/{count}"
        self.attributes, self.secret = attributes, secret
        super().__init__(bus, self.path)
        items[self.path] = self

    @dbus.service.method(ITEM, in_signature="o", out_signature="(oayays)")
    def GetSecret(self, session):
        mode("GetSecret")
        return (session, dbus.ByteArray(b""), dbus.ByteArray(self.secret), "text/plain")

    @dbus.service.method(ITEM, out_signature="o")
    def Delete(self):
        now = mode("Delete")
        if now in ("completes", "asks"):
            return dbus.ObjectPath(Prompt(self.remove).path)
        self.remove()
        return NONE

    def remove(self):
        items.pop(self.path, None)
        self.remove_from_connection()
        return "/"


class Collection(dbus.service.Object):
    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return mode("Locked") == "locked"

    @dbus.service.method(COLLECTION, in_signature="a{ss}", out_signature="ao")
    def SearchItems(self, attributes):
        mode("SearchItems")
        return found(attributes)

    @dbus.service.method(COLLECTION, in_signature="a{sv}(oayays)b", out_signature="oo")
    def CreateItem(self, properties, secret, replace):
        now = mode("CreateItem")
        attributes = dict(properties["org.freedesktop.Secret.Item.Attributes"])

        def create():
            for path in found(attributes):
                items[path].remove()
            return Item(attributes, bytes(secret[2])).path

        if now == "refuses":
            raise Refused("nothing is stored today")
        if now == "forgets":
            return (dbus.ObjectPath(f"{ROOT}/collection/it/0"), NONE)
        if now in ("completes", "asks"):
            return (NONE, dbus.ObjectPath(Prompt(create).path))
        return (dbus.ObjectPath(create()), NONE)


class Service(dbus.service.Object):
    @dbus.service.method(SERVICE, in_signature="sv", out_signature="vo")
    def OpenSession(self, algorithm, input):
        mode("OpenSession")
        return (dbus.String("", variant_level=1), dbus.ObjectPath(f"{ROOT}/session/it"))

    @dbus.service.method(SERVICE, in_signature="s", out_signature="o")
    def ReadAlias(self, name):
        mode("ReadAlias")
        return dbus.ObjectPath(f"{ROOT}/collection/it")

    @dbus.service.method(SERVICE, in_signature="ao", out_signature="aoo")
    def Unlock(self, objects):
        mode("Unlock")
        return ([], dbus.ObjectPath(Prompt(lambda: "/").path))


def found(attributes):
    matching = (path for path, item in items.items() if item.attributes == dict(attributes))
    return dbus.Array([dbus.ObjectPath(path) for path in matching], signature="o")


service = Service(bus, ROOT)
collection = Collection(bus, f"{ROOT}/collection/it")
name = dbus.service.BusName("org.freedesktop.secrets", bus)
print("ready", flush=True)
GLib.MainLoop().run()
