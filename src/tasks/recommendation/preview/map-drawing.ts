/** A map of items on a canvas: where each lies, in which colour, which are marked, and which one is meant. */

/** What all categories but the most frequent share, and items of none. */
const otherToken = '--series-8';
const ownColours = 7;
const margin = 12;
/** Of a pointer, in px. */
const reach = 12;

export interface MapColours {
  /** A token each item. */
  of: string[];
  /** Most frequent category first; −1 for all others, last. */
  legend: { category: number; token: string }[];
}

/** @param categories [items], −1 for none */
export function coloursOf(categories: Int32Array): MapColours {
  const counts = new Map<number, number>();
  for (const category of categories) counts.set(category, (counts.get(category) ?? 0) + 1);
  const shown = [...counts.keys()]
    .filter((category) => category >= 0)
    .sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || a - b)
    .slice(0, ownColours);
  const legend = shown.map((category, i) => ({ category, token: `--series-${i + 1}` }));
  if (counts.size > shown.length) legend.push({ category: -1, token: otherToken });
  const tokens = new Map(legend.map(({ category, token }) => [category, token]));
  return { of: Array.from(categories, (category) => tokens.get(category) ?? otherToken), legend };
}

/**
 * One scale for both directions, so that distances stay comparable.
 * @param positions [items, 2]
 * @returns [items, 2] in px from the top left
 */
export function placesOf(positions: Float32Array, width: number, height: number): Float32Array {
  const spans = [0, 1].map((axis) => {
    let [least, most] = [Infinity, -Infinity];
    for (let at = axis; at < positions.length; at += 2) {
      least = Math.min(least, positions[at] ?? 0);
      most = Math.max(most, positions[at] ?? 0);
    }
    return { middle: (least + most) / 2, span: Math.max(most - least, 1e-9) };
  });
  const scale = Math.min(
    (width - 2 * margin) / (spans[0]?.span ?? 1),
    (height - 2 * margin) / (spans[1]?.span ?? 1),
  );
  return positions.map((value, at) => {
    const isVertical = at % 2 === 1;
    const offset = (value - (spans[at % 2]?.middle ?? 0)) * scale;
    return isVertical ? height / 2 - offset : width / 2 + offset;
  });
}

/** The item closest to a point, within reach; null where there is none. */
export function itemNear(places: Float32Array, x: number, y: number): number | null {
  let found: number | null = null;
  let closest = reach ** 2;
  for (let item = 0; 2 * item < places.length; item++) {
    const distance = ((places[2 * item] ?? 0) - x) ** 2 + ((places[2 * item + 1] ?? 0) - y) ** 2;
    if (distance > closest) continue;
    closest = distance;
    found = item;
  }
  return found;
}

/** How much of a map is seen: `scale` times as large, then moved by (x, y) px. */
export interface MapView {
  scale: number;
  x: number;
  y: number;
}

export const wholeMap: MapView = { scale: 1, x: 0, y: 0 };
const mostScale = 40;

/** Larger or smaller by a factor, around a point in px that stays where it is. */
export function zoomed(
  { scale, x, y }: MapView,
  factor: number,
  atX: number,
  atY: number,
): MapView {
  const next = Math.min(mostScale, Math.max(1, scale * factor));
  if (next === 1) return wholeMap;
  const by = next / scale;
  return { scale: next, x: atX - (atX - x) * by, y: atY - (atY - y) * by };
}

/** Moved, but never so far that the plane [width, height] is left empty. */
export function moved({ scale, x, y }: MapView, dx: number, dy: number, size: MapSize): MapView {
  const within = (at: number, length: number) => Math.min(0, Math.max(length * (1 - scale), at));
  return { scale, x: within(x + dx, size.width), y: within(y + dy, size.height) };
}

export interface MapSize {
  width: number;
  height: number;
}

/** Places as they are seen. [items, 2] */
export function seenPlaces(places: Float32Array, { scale, x, y }: MapView): Float32Array {
  return places.map((value, at) => value * scale + (at % 2 === 0 ? x : y));
}

/**
 * The next item from one in a direction: the closest that lies more that way than aside; null where none does.
 * @param direction of one step to the right and down
 */
export function itemToward(
  places: Float32Array,
  from: number,
  [right, down]: readonly [number, number],
): number | null {
  const [x, y] = [places[2 * from] ?? 0, places[2 * from + 1] ?? 0];
  let found: number | null = null;
  let closest = Infinity;
  for (let item = 0; 2 * item < places.length; item++) {
    const [dx, dy] = [(places[2 * item] ?? 0) - x, (places[2 * item + 1] ?? 0) - y];
    const ahead = dx * right + dy * down;
    const aside = Math.abs(dx * down) + Math.abs(dy * right);
    if (item === from || ahead <= 0 || aside > ahead || ahead + aside >= closest) continue;
    closest = ahead + aside;
    found = item;
  }
  return found;
}

/** Marks items by a ring, of a width in px. */
export interface MapRing {
  items: readonly number[];
  token: string;
  width: number;
}

export function drawMap(
  canvas: HTMLCanvasElement,
  places: Float32Array,
  tokens: readonly string[],
  look: {
    width: number;
    height: number;
    hovered: number | null;
    rings: readonly MapRing[];
    colour: (token: string) => string;
  },
): void {
  const density = devicePixelRatio;
  canvas.width = look.width * density;
  canvas.height = look.height * density;
  canvas.style.width = `${look.width}px`;
  canvas.style.height = `${look.height}px`;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(density, density);
  context.fillStyle = look.colour('--surface'); // so that a saved picture isn't see-through
  context.fillRect(0, 0, look.width, look.height);
  const byToken = new Map<string, number[]>();
  tokens.forEach((token, item) => {
    const items = byToken.get(token);
    if (items) items.push(item);
    else byToken.set(token, [item]);
  });
  const dot = (item: number, radius: number) => {
    context.beginPath();
    context.arc(places[2 * item] ?? 0, places[2 * item + 1] ?? 0, radius, 0, 2 * Math.PI);
    context.fill();
  };
  context.globalAlpha = 0.6;
  for (const [token, items] of byToken) {
    context.fillStyle = look.colour(token);
    for (const item of items) dot(item, 3);
  }
  context.globalAlpha = 1;
  for (const { items, token, width } of look.rings) {
    context.lineWidth = width;
    context.strokeStyle = look.colour(token);
    for (const item of items) {
      context.beginPath();
      context.arc(places[2 * item] ?? 0, places[2 * item + 1] ?? 0, 4 + width, 0, 2 * Math.PI);
      context.stroke();
    }
  }
  if (look.hovered === null) return;
  context.fillStyle = look.colour('--ink');
  dot(look.hovered, 5);
}
