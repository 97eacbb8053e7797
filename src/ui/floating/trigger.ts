/**
 * Menus, popovers and tooltips are loaded when a pointer or the focus first comes near, so that the first
 * page doesn't carry the library that places them. The trigger element stays the same one throughout.
 */
export type TriggerAttributes = Record<string | symbol, unknown>;

type Handler = (event: Event) => unknown;

/** Both sets of attributes on one element: handlers run in turn, anything else is the second's. */
export function mergeTriggers(
  first: TriggerAttributes,
  second: TriggerAttributes,
): TriggerAttributes {
  const merged: TriggerAttributes = { ...first, ...second };
  for (const [name, handler] of Object.entries(second)) {
    const earlier = first[name];
    if (name.startsWith('on') && isHandler(handler) && isHandler(earlier))
      merged[name] = (event: Event) => {
        earlier(event);
        handler(event);
      };
  }
  return merged;
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}
