/// <reference path="../src/vite-env.d.ts" />
import { sharedHubScope } from '../src/rpc/hub/hub-scope.ts';
import { startHub } from './compose-hub.ts';

startHub(sharedHubScope(self));
