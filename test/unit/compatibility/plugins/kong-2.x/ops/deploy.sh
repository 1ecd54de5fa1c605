#!/bin/sh
# deck sync is what the pipeline did before
curl -X POST "$ADMIN/upstreams/orders/targets" \
  -d target=10.0.0.1:80
deck gateway sync kong.yaml
