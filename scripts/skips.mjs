// What a file of tests came to: where CI is set, one that only skipped has shown nothing, and is a failure.

/**
 * Counts the tests of a TAP stream that have no tests in them.
 * @param parser of the stream, before it is fed
 */
export function leavesOf(parser) {
  const leaves = { passed: 0, reasons: [] };
  const watch = (p, path) => {
    // The test point after a child repeats it.
    let repeats = false;
    p.on('child', (child) => {
      repeats = true;
      watch(child, [...path, child.name]);
    });
    p.on('assert', ({ ok, name, skip, todo }) => {
      const title = [...path, name].join(' > ');
      if (skip || todo) leaves.reasons.push(`${title}: ${skip || todo}`);
      else if (ok && !repeats) leaves.passed += 1;
      repeats = false;
    });
  };
  watch(parser, []);
  return leaves;
}

/** The reasons, where a file skipped and did nothing else; undefined where it did something, or had nothing to do. */
export function skippedWhole({ passed, reasons }) {
  return passed === 0 && reasons.length > 0 ? reasons : undefined;
}
