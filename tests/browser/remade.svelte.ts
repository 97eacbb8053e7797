/** A property that is made anew, the same by value: as what is derived from a record that is saved again. */
export function remade<Value extends object>(first: Value) {
  let now = $state.raw(first);
  return {
    get now() {
      return now;
    },
    remake() {
      now = { ...now };
    },
  };
}
