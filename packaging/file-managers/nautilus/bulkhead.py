# SPDX-License-Identifier: GPL-2.0-or-later
"""Entries of Nautilus: files of this qube to another one, or opened in a disposable."""
import subprocess

from gi.repository import GObject, Nautilus

FILE_ACTION = '/usr/lib/bulkhead/file-action'
# Deed, label, tip; the last field: also for folders.
ENTRIES = (
    ('copy', 'Copy to another qube…', 'Sends copies to the qube that you choose', True),
    ('move', 'Move to another qube…', 'Sends them to the qube that you choose, and deletes here what arrived there', True),
    ('open', 'Open in disposable…', 'Opens each in a new disposable; what is changed there comes back', False),
    ('view', 'View in disposable…', 'Opens each in a new disposable; nothing comes back', False),
)


def paths_of(files):
    """Paths of what is selected; none if any of it does not lie in this qube's own file system."""
    locations = [file.get_location() for file in files]
    paths = [location.get_path() if location is not None else None for location in locations]
    return paths if all(paths) and all(file.get_uri_scheme() == 'file' for file in files) else []


def start(_item, deed, paths):
    subprocess.Popen([FILE_ACTION, deed, *paths], stdin=subprocess.DEVNULL, start_new_session=True)


class BulkheadMenu(GObject.GObject, Nautilus.MenuProvider):
    """Asked for entries each time a menu opens."""

    def get_file_items(self, *arguments):
        files = arguments[-1]  # older ones pass the window before it
        paths = paths_of(files)
        if not paths:
            return []
        has_folder = any(file.is_directory() for file in files)
        items = []
        for deed, label, tip, takes_folders in ENTRIES:
            if has_folder and not takes_folders:
                continue
            item = Nautilus.MenuItem(name=f'Bulkhead::{deed}', label=label, tip=tip, icon='')
            item.connect('activate', start, deed, paths)
            items.append(item)
        return items
