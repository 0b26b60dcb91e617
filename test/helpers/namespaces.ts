/** One namespace for each of jest's workers, so that tests that run at once do not see each other. */
export const TEST_NAMESPACES = ['test-1', 'test-2', 'test-3', 'test-4'];
