# SPDX-License-Identifier: GPL-2.0-or-later
"""dom0's screen: which frames are there, what colour a pixel has, a hand on mouse and keyboard."""
import subprocess

from Xlib import X, Xatom, display

from . import wait


class Frame:
    """A window of ours around a window of a qube, as its properties tell."""

    def __init__(self, screen, window):
        self.screen = screen
        self.window = window
        self.id = window.id

    def _property(self, name, kind=X.AnyPropertyType):
        value = self.window.get_full_property(self.screen.atom(name), kind)
        return None if value is None else value.value

    @property
    def qube(self):
        value = self._property('_QUBES_VMNAME')
        return None if value is None else bytes(value).decode()

    @property
    def title(self):
        value = self._property('_NET_WM_NAME')
        return '' if value is None else bytes(value).decode()

    @property
    def color(self):
        return self._property('_QUBES_LABEL_COLOR')[0]

    @property
    def guest_window(self):
        return self._property('_QUBES_VMWINDOWID')[0]

    @property
    def is_popup(self):
        return bool(self.window.get_attributes().override_redirect)

    def geometry(self):
        """x, y (in root coordinates), width, height of the frame."""
        size = self.window.get_geometry()
        corner = self.window.translate_coords(self.screen.root, 0, 0)
        return -corner.x, -corner.y, size.width, size.height

    def content(self):
        """x, y (in root coordinates), width, height of the content window inside the frame: the largest child."""
        x, y, _, _ = self.geometry()
        children = [child.get_geometry() for child in self.window.query_tree().children]
        inner = max(children, key=lambda g: g.width * g.height)
        return x + inner.x, y + inner.y, inner.width, inner.height


class Screen:
    def __init__(self, name=':0'):
        self.display = display.Display(name)
        self.root = self.display.screen().root

    def atom(self, name):
        return self.display.intern_atom(name)

    def _below(self, window):
        yield window
        try:
            children = window.query_tree().children
        except Exception:  # it went away while we looked
            return
        for child in children:
            yield from self._below(child)

    def frames(self, qube=None, title=None):
        """Mapped frames, of one qube, with `title` in their title, if given."""
        found = []
        for window in self._below(self.root):
            try:
                frame = Frame(self, window)
                if (frame.qube is None or window.get_attributes().map_state != X.IsViewable
                        or (qube is not None and frame.qube != qube) or (title is not None and title not in frame.title)):
                    continue
            except Exception:
                continue
            found.append(frame)
        return found

    def wait_for_frame(self, qube, title=None, limit=60):
        return wait.until(lambda: self.frames(qube, title), f'a window of {qube} titled {title}', limit)[0]

    def picture(self, x, y, width, height):
        """Rows of 0xRRGGBB as they are on the screen, whatever lies on top."""
        image = self.root.get_image(x, y, width, height, X.ZPixmap, 0xFFFFFFFF)
        data = image.data if isinstance(image.data, bytes) else image.data.encode('latin-1')
        return [[int.from_bytes(data[4 * (row * width + column):4 * (row * width + column) + 3], 'little')
                 for column in range(width)] for row in range(height)]

    def pixel(self, x, y):
        return self.picture(x, y, 1, 1)[0][0]

    def active_window(self):
        value = self.root.get_full_property(self.atom('_NET_ACTIVE_WINDOW'), Xatom.WINDOW)
        return value.value[0] if value is not None and len(value.value) else 0

    def activate(self, frame):
        """Gives a managed frame the focus, as a click on its task would."""
        self.activate_window(frame.id, frame.title)

    def activate_window(self, window, name):
        """The same for a window of dom0. xdotool's own --sync would wait for ever for one that is refused the focus."""
        xdotool('windowactivate', str(window))
        wait.until(lambda: self.active_window() == window, f'{name} has the focus')

    def place(self, window, x, y, width, height):
        """Moves and resizes a managed window; sizes are of the window itself, without the manager's decoration."""
        xdotool('windowsize', str(window), str(width), str(height))
        xdotool('windowmove', str(window), str(x), str(y))

    def shot(self, path):
        subprocess.run(['import', '-window', 'root', path], check=True)


def xdotool(*words):
    return subprocess.run(['xdotool', *words], check=True, capture_output=True).stdout.decode()


def type_text(text):
    """Types on dom0's keyboard; the focused window gets it."""
    subprocess.run(['xdotool', 'type', '--delay', '12', '--', text], check=True)


def key(*names):
    subprocess.run(['xdotool', 'key', *names], check=True)
