/** Network service configs of the simulated exchange: what a member with many services has. */
export const CONFIGS = 2_000;
