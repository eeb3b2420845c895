# SPDX-License-Identifier: GPL-2.0-or-later
"""A program of dom0's that files are dragged from, as a file manager is: the source's half of XDND, version 5."""
from Xlib import X, Xatom
from Xlib.protocol import event

from . import wait

VERSION = 5
LIST = 'text/uri-list'


class Drag:
    """Files on their way. The pointer is moved by whoever holds this, and it is the drag's until end(): no window hears
    of it but by what is told here."""

    def __init__(self, screen, uris):
        self.screen = screen
        self.uris = ''.join(f'{uri}\r\n' for uri in uris).encode()
        self.window = screen.root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        self.target = self.speaker = None
        screen.root.grab_pointer(False, X.PointerMotionMask, X.GrabModeAsync, X.GrabModeAsync, X.NONE, X.NONE, X.CurrentTime)
        self.window.set_selection_owner(screen.atom('XdndSelection'), X.CurrentTime)
        screen.display.sync()

    def over(self, window, x, y):
        """Says that the pointer is over a place of the screen in that window; returns whether a drop would be taken."""
        if self.target is None:
            self.target = self.screen.display.create_resource_object('window', window)
            self.speaker = wait.until(self._find_speaker, 'the window takes part in drags')
            self._tell('XdndEnter', [self.window.id, VERSION << 24, self.screen.atom(LIST), 0, 0])
        status = None

        def answer():
            nonlocal status
            for message in self._messages():
                if message.client_type == self.screen.atom('XdndStatus'):
                    status = bool(message.data[1][1] & 1)
            return status is not None

        self._tell('XdndPosition', [self.window.id, 0, x << 16 | y, X.CurrentTime, self.screen.atom('XdndActionCopy')])
        wait.until(answer, 'the window says what a drop would do')
        return status

    def drop(self):
        """Lets go, and serves the list until the window has it."""
        self._tell('XdndDrop', [self.window.id, 0, X.CurrentTime, 0, 0])
        finished = self.screen.atom('XdndFinished')
        self.end()
        wait.until(lambda: any(message.client_type == finished for message in self._messages()), 'the window takes the drop')

    def end(self):
        """Gives the pointer back; called again it does nothing."""
        self.screen.display.ungrab_pointer(X.CurrentTime)
        self.screen.display.sync()

    def leave(self):
        self._tell('XdndLeave', [self.window.id, 0, 0, 0, 0])
        self.target = self.speaker = None

    def _find_speaker(self):
        """Who is told of things over the window: itself, or the one that it names."""
        named = self.target.get_full_property(self.screen.atom('XdndProxy'), Xatom.WINDOW)
        if named:
            return self.screen.display.create_resource_object('window', named.value[0])
        return self.target if self.target.get_full_property(self.screen.atom('XdndAware'), X.AnyPropertyType) else None

    def _tell(self, name, words):
        self.speaker.send_event(event.ClientMessage(window=self.target, client_type=self.screen.atom(name), data=(32, words)))
        self.screen.display.sync()

    def _messages(self):
        """The client messages that have come; requests for the list are served on the way."""
        display, messages = self.screen.display, []
        while display.pending_events():
            happened = display.next_event()
            if happened.type == X.ClientMessage:
                messages.append(happened)
            elif happened.type == X.SelectionRequest:
                self._serve(happened)
        return messages

    def _serve(self, request):
        if request.target == self.screen.atom(LIST):
            request.requestor.change_property(request.property, request.target, 8, self.uris)
        elif request.target == self.screen.atom('TARGETS'):
            request.requestor.change_property(request.property, Xatom.ATOM, 32, [self.screen.atom(LIST)])
        request.requestor.send_event(event.SelectionNotify(
            time=request.time, requestor=request.requestor, selection=request.selection, target=request.target,
            property=request.property))
        self.screen.display.sync()
