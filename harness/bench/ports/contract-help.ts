import { HarnessError } from '../../terms/error.ts';

/** The HarnessError a promise fails with; undefined where it succeeds. Any other error is thrown on. */
export async function failure(promise: PromiseLike<unknown>): Promise<HarnessError | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (error instanceof HarnessError) return error;
    throw error;
  }
}
