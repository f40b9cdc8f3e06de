/** `compute`, called once for each object. What it returned is kept as long as the object. */
export function oncePer<Key extends object, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, {readonly value: Value}>()
  return (key) => {
    let kept = known.get(key)
    if (kept === undefined) {
      kept = {value: compute(key)}
      known.set(key, kept)
    }
    return kept.value
  }
}
