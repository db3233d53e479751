/** A handler as a user would write it: doubles, and tells which process it is. */
export function handler(event: { readonly n: number }): { readonly doubled: number; readonly pid: number } {
  return { doubled: event.n * 2, pid: process.pid };
}
