import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { Problem, problemBody } from '../problem';
import { problemOf } from './problem-of';

/** Nothing answered: there is nothing at this address. */
export const notFoundHandler: RequestHandler = () => {
  throw new Problem('not-found', 'there is nothing at this address');
};

function sendProblem(response: Response, problem: Problem): void {
  response
    .status(problem.status)
    .set({ ...problem.options.headers })
    .type('application/problem+json')
    .send(JSON.stringify(problemBody(problem)));
}

/** Answers every error with a problem; the cause of a 5xx goes to the log, under the id of the request. */
export const errorHandler: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  const problem = problemOf(error);
  if (problem.status >= 500) {
    const cause = problem.cause ?? error;
    response.err = cause instanceof Error ? cause : new Error(String(cause));
  }
  if (response.headersSent) next(error);
  else sendProblem(response, problem);
};
