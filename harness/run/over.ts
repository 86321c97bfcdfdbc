/** A port with some of its members replaced; all others are the port's own, also those that come and go. */
export function over<T extends object>(port: T, own: Partial<T>): T {
  return new Proxy(port, {
    get(target, key) {
      if (Object.hasOwn(own, key)) return Reflect.get(own, key);
      const value: unknown = Reflect.get(target, key, target);
      // Classes with private fields know nothing of a proxy.
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
