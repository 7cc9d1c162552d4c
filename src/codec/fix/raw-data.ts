/**
 * LENGTH fields and the DATA field after each, which may hold SOH, over all versions to FIX 5.0 SP2: length tag, data tag,
 * length tag, data tag …
 */
const PAIRS: readonly number[] = [
  90, 91, 93, 89, 95, 96, 212, 213, 348, 349, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359, 360, 361, 362, 363, 364,
  365, 445, 446, 618, 619, 621, 622, 1184, 1185, 1277, 1278, 1280, 1281, 1282, 1283, 1397, 1398, 1401, 1402, 1403, 1404,
  1468, 1469, 1525, 1527, 1578, 1579, 1620, 1621, 1664, 1665, 1678, 1697, 1733, 1734, 1871, 1872, 1874, 1875, 2072,
  2073, 2074, 2075, 2111, 2112, 2179, 2180, 2287, 2288, 2351, 2352, 2372, 2371, 2481, 2482, 2494, 2493, 2522, 2521,
  2637, 2638, 2651, 2652, 2665, 2666, 2715, 2716, 2718, 2719, 2721, 2722, 2797, 2798, 2802, 2801, 2809, 2808, 2815,
  2814, 40004, 40005, 40008, 40009, 40978, 40979, 40980, 40981, 40982, 40983, 40984, 40985, 40986, 40987, 40988, 40989,
  41083, 41084, 41101, 41102, 41107, 41108, 41256, 41257, 41320, 41321, 41324, 41325, 41458, 41459, 41476, 41477, 41482,
  41483, 41653, 41654, 41710, 41711, 41806, 41807, 41811, 41812, 41873, 41874, 41969, 41970, 42025, 42026, 42171, 42172,
  42451, 42452, 42652, 42653, 42947, 42948, 43109, 42684, 43110, 42486, 43111, 42982,
];

/** Tags from here on have no entry in the table: they are neither LENGTH nor DATA fields. */
export const RAW_DATA_TABLE_SIZE = 65536;

function tableOf(pairs: readonly number[]): Uint16Array {
  const table = new Uint16Array(RAW_DATA_TABLE_SIZE);
  for (let at = 0; at < pairs.length; at += 2) table[pairs[at]!] = pairs[at + 1]!;
  return table;
}

/** By LENGTH tag, the tag of its DATA field; 0 for every other tag. The native scan reads this same table. */
export const RAW_DATA_TABLE = tableOf(PAIRS);
