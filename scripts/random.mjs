// What everything that is drawn is drawn by: the same numbers on every machine.

/** SplitMix64 (Steele, Lea & Flood 2014): `draw(n)` is a number below n. */
export function generator(seed) {
  let state = BigInt(seed);
  const wrap = (x) => BigInt.asUintN(64, x);
  return (end) => {
    state = wrap(state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = wrap((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = wrap((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return Number((z ^ (z >> 31n)) % BigInt(end));
  };
}
