/** @module The tokens by which a caller makes sure that a resource is created once, however often it asks. */

export class ClientTokens {
  private readonly results = new Map<string, Promise<unknown>>();

  /** Runs `create` for the first call of this action with this token; later ones get the same result. */
  once<T>(action: string, token: string | undefined, create: () => Promise<T>): Promise<T> {
    if (token === undefined) return create();
    const key = `${action} ${token}`;
    const known = this.results.get(key);
    // Under one action every result is of the same type.
    if (known) return known as Promise<T>;
    const result = create();
    this.results.set(key, result);
    // A refusal is not kept: the caller may try again.
    result.catch(() => this.results.delete(key));
    return result;
  }
}
