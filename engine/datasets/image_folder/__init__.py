"""People's own pictures: folders of classes or a table of labels, decoded once.

`listing` and `layout` say what is there, `decoding` what becomes of a file, `cache` where it is
kept, `assemble` puts it together for `component`, the one that the recipe knows.
"""

from engine.datasets.image_folder.component import ImageFolder as ImageFolder
from engine.datasets.image_folder.component import files_of_parts as files_of_parts
from engine.datasets.image_folder.component import image_notes as image_notes
from engine.datasets.image_folder.component import pictures_found as pictures_found
from engine.datasets.image_folder.notes import Note as Note
