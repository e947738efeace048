/**
 * What starts a run on a pull request: every event that can change the verdict. `edited` is a new base, labels are
 * approvals. No `paths:`: a required check that does not run waits for ever, so the action itself decides what matters.
 */
export const triggers = `on:
  merge_group:
  pull_request:
    types: [opened, synchronize, reopened, edited, labeled, unlabeled]
`;

/** A new push makes the running evaluation pointless; a label does not. */
export const concurrency = `concurrency:
  group: plan-gate-\${{ github.event.pull_request.number || github.ref }}
  cancel-in-progress: \${{ github.event.action == 'synchronize' }}
`;
