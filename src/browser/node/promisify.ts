/* What the simulator uses of `node:util`. */

type Done<Result> = (error: Error | null, result?: Result) => void;

/** A function that calls back as one that returns a promise. */
export function promisify<Input, Options, Result>(
  callback: (input: Input, options: Options, done: Done<Result>) => void,
): (input: Input, options: Options) => Promise<Result> {
  return (input, options) =>
    new Promise((resolve, reject) => {
      callback(input, options, (error, result) => {
        if (error === null) resolve(result as Result);
        else reject(error);
      });
    });
}
