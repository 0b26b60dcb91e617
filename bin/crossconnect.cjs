#!/usr/bin/env node
'use strict';
// Runs the TypeScript as it is, so that the CLI works on a fresh clone, before any build and from any folder.
require('tsx/cjs');
require('../api/cli/main.ts').runProcess();
