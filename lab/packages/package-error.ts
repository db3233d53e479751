/**
 * Why a program that the lab needs can't be had. Each message is one line that ends with what the user can do.
 *
 * @module
 */

/**
 * - `no-apt`: this machine has no apt, so the lab can't fetch packages for itself.
 * - `no-python`: this machine has no Python that is new enough, or it can't make virtual environments.
 * - `no-sources`: apt is here, but names no mirror for the release that is needed.
 * - `offline`: the mirror did not answer, or not in time.
 * - `gone`: the mirror answered and no longer has the version that the lab is pinned to.
 * - `broken`: the program was found but does not run, or is not what its name says.
 */
export type PackageProblem = 'no-apt' | 'no-python' | 'no-sources' | 'offline' | 'gone' | 'broken';

export class PackageUnavailable extends Error {
  override readonly name = 'PackageUnavailable';
  readonly problem: PackageProblem;

  constructor(problem: PackageProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}
