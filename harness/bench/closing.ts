/** Closes in reverse order; one that fails to close does not keep the others open. */
export async function closeAll(stack: AsyncDisposable[]): Promise<void> {
  for (const thing of stack.splice(0).reverse()) {
    try {
      await thing[Symbol.asyncDispose]();
    } catch {
      // It is going away; there is nobody left to tell.
    }
  }
}

/** Opens things one after the other, each onto a stack from which {@link closeAll} closes them. */
export function openingOnto(
  stack: AsyncDisposable[],
): <T extends AsyncDisposable>(opening: Promise<T> | T) => Promise<T> {
  return async (opening) => {
    const thing = await opening;
    stack.push(thing);
    return thing;
  };
}
