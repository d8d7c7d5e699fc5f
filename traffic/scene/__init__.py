"""What a camera looks at: the road plane, counting lines, zones and lanes; and what follows for a trajectory."""
