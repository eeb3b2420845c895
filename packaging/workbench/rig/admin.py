# SPDX-License-Identifier: GPL-2.0-or-later
"""A client of the Admin API: one connection a call (docs/protocol: one request, half-close, answer until the end)."""
import socket

from . import wait

SOCKET = '/run/qubesd.sock'


class AdminError(Exception):
    """The core refused in words. `kind` is the exception's class name."""

    def __init__(self, kind, message):
        super().__init__(f'{kind}: {message}')
        self.kind = kind
        self.message = message


class NoAnswer(Exception):
    """The core closed the connection without a word: not allowed, or not understood."""


def _request(method, dest, payload, path):
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(path)
        connection.sendall(f'{method} dom0 name {dest}'.encode() + b'\0' + payload)
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        connection.close()
        raise
    return connection


def call(method, dest='dom0', payload=b'', path=SOCKET, timeout=120):
    """The content of a successful answer. Raises AdminError or NoAnswer."""
    if isinstance(payload, str):
        payload = payload.encode()
    with _request(method, dest, payload, path) as connection:
        connection.settimeout(timeout * wait.PATIENCE)
        answer = b''
        while chunk := connection.recv(65536):
            answer += chunk
    if answer.startswith(b'0\0'):
        return answer[2:]
    if answer.startswith(b'2\0'):
        kind, _traceback, message = answer[2:].split(b'\0')[:3]
        raise AdminError(kind.decode(), message.decode().replace('%%', '%'))
    raise NoAnswer(method)


def events(dest='dom0', path=SOCKET, timeout=120, method='admin.Events'):
    """Yields (subject, event, {key: value}) as they come; the first is connection-established."""
    with _request(method, dest, b'', path) as connection:
        connection.settimeout(timeout * wait.PATIENCE)
        pending = b''
        while chunk := connection.recv(65536):
            pending += chunk
            while (frame := _event(pending)) is not None:
                event, pending = frame
                yield event


def _event(data):
    """The first whole event frame and what follows it, or None: '1', subject, event, pairs, an empty key."""
    fields, rest = [], data
    while b'\0' in rest:
        field, rest = rest.split(b'\0', 1)
        fields.append(field.decode())
        if len(fields) >= 4 and len(fields) % 2 == 0 and fields[-1] == '':
            pairs = fields[3:-1]
            return (fields[1], fields[2], dict(zip(pairs[0::2], pairs[1::2]))), rest
    return None


def qubes():
    """{name: {class, state, uuid}} of all qubes."""
    lines = call('admin.vm.List').decode().splitlines()
    return {line.split()[0]: dict(part.split('=', 1) for part in line.split()[1:]) for line in lines}


def state(name):
    return qubes()[name]['state']


def create(name, label, template, klass='AppVM'):
    call(f'admin.vm.Create.{klass}+{template}', payload=f'name={name} label={label}')


def set_property(name, prop, value):
    call(f'admin.vm.property.Set+{prop}', dest=name, payload=value)


def set_global(prop, value):
    call(f'admin.property.Set+{prop}', payload=value)


def get_property(name, prop):
    """The value alone, without `default=` and `type=`."""
    return call(f'admin.vm.property.Get+{prop}', dest=name).decode().split(' ', 2)[2]


def start(name):
    call('admin.vm.Start', dest=name, timeout=600)  # its whole chain of net qubes may have to come first


def shutdown(name, force=False):
    call('admin.vm.Shutdown+' + ('force+wait' if force else 'wait'), dest=name)


def kill(name):
    call('admin.vm.Kill', dest=name)


def remove(name):
    call('admin.vm.Remove', dest=name)
