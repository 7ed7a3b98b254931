"""Everything, one after the other."""

import sys

from benchmarks import exports, imports, lists, writes

if __name__ == "__main__":
    for each in (lists, writes, exports, imports):
        each.main(each.QUICK if "--quick" in sys.argv else each.SIZES)
