"""Runs all benchmarks, one after the other."""

import sys

from benchmarks import bulk, columns, errand, events, exports, imports, journal, lists, screens, visitors, writes

if __name__ == "__main__":
    quick = [each for each in sys.argv[1:] if each == "--quick"]
    for each in (lists, events, columns, writes, bulk, exports, imports):
        each.main(each.QUICK if quick else each.SIZES)
    journal.main(journal.QUICK if quick else journal.SIZES)
    for command in (screens.main, errand.main, visitors.main):
        command(quick, standalone_mode=False)
