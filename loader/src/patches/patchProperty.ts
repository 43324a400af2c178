/** Undoes one patch; a second call does nothing. */
export interface Patch {
  dispose(): void;
}

// The values of patched properties are functions of all kinds.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyFunction = (this: any, ...args: any[]) => any;

/** Creates a function that wraps `next` and calls it for everything that it does not handle. */
export type Layer<F> = (next: F) => F;

/** A property that is currently patched. */
interface Patched {
  /** What the property was before the first layer; undefined if the object inherits it. */
  before: PropertyDescriptor | undefined;
  original: AnyFunction;
  /** The current value, which calls the layers. */
  front: AnyFunction;
  layers: Array<Layer<AnyFunction>>;
  call: AnyFunction;
}

const patched = new Map<object, Map<PropertyKey, Patched>>();

/**
 * Wraps a function that the process shares, such as a method of Node.js, in a layer. Layers of one property are stacked, and
 * each can be removed at any time. With the last one, the property is as it was before the first, unless other code has
 * replaced it since: that function is left alone, and calls go straight to the original.
 */
export function patchProperty<O extends object, K extends keyof O>(
  object: O,
  key: K,
  layer: Layer<Extract<O[K], AnyFunction>>,
): Patch {
  const place = placeOf(object, key);
  const own = layer as unknown as Layer<AnyFunction>;
  place.layers.push(own);
  rebuild(place);
  return {
    dispose: () => {
      const at = place.layers.indexOf(own);
      if (at < 0) return;
      place.layers.splice(at, 1);
      rebuild(place);
      if (place.layers.length === 0) restore(object, key, place);
    },
  };
}

function placeOf(object: object, key: PropertyKey): Patched {
  const places = patched.get(object) ?? new Map<PropertyKey, Patched>();
  patched.set(object, places);
  const known = places.get(key);
  // Other code has replaced the function: new layers wrap that one.
  if (known && (object as Record<PropertyKey, unknown>)[key] === known.front) return known;
  const original = (object as Record<PropertyKey, AnyFunction>)[key]!;
  const place: Patched = {
    before: Object.getOwnPropertyDescriptor(object, key),
    original,
    front: function (this: unknown, ...args: unknown[]): unknown {
      return place.call.apply(this, args);
    },
    layers: [],
    call: original,
  };
  // Among them what `util.promisify` looks for.
  Object.defineProperties(place.front, Object.getOwnPropertyDescriptors(original));
  (object as Record<PropertyKey, unknown>)[key] = place.front;
  places.set(key, place);
  return place;
}

function rebuild(place: Patched): void {
  place.call = place.layers.reduce((next, layer) => layer(next), place.original);
}

function restore(object: object, key: PropertyKey, { before, front }: Patched): void {
  const places = patched.get(object)!;
  if (places.get(key)?.front === front) places.delete(key);
  if (places.size === 0) patched.delete(object);
  if ((object as Record<PropertyKey, unknown>)[key] !== front) return;
  if (before) Object.defineProperty(object, key, before);
  else delete (object as Record<PropertyKey, unknown>)[key];
}
