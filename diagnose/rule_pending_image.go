package diagnose

import (
	"fmt"
	"slices"

	"github.com/sparkscale/sparkscale/internal/wording"
)

// pulling are the reasons of a container that waits for an image which does not come.
var pulling = []string{"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable"}

var pendingImage = Rule{
	Code: "SCALE-UP/PENDING-IMAGE", Title: "the image of the pods cannot be pulled",
	Doc:    "container state waiting: ErrImagePull, ImagePullBackOff and others, kubelet 1.34",
	Either: []Part{PartPods, PartEvents}, Hides: symptomsOfNoExecutors,
	check: func(v *view) []Finding {
		pods, image, proof := v.unpulled()
		if len(pods) == 0 {
			return nil
		}
		for _, e := range v.events("Failed") {
			if slices.Contains(pods, e.Name) && contains("pull image", "imagepull")(e.Message) {
				proof = append(proof, ofEvent(e))
			}
		}
		role := "executor"
		if v.Driver != nil && slices.Contains(pods, v.Driver.Name) {
			role = "driver"
		}
		return []Finding{{
			Severity: Error, Subject: role, Evidence: first(proof, 5),
			Message: fmt.Sprintf("image %s cannot be pulled: %s cannot start (%s)", image, wording.Count(len(pods), "pod"), some(pods, 3)),
			Fixes: []Fix{
				do(Live, "make the image available under that name, or the registry reachable from the nodes").noting("kubelet tries again by itself, at most every 5 minutes"),
				{Title: "name an image that exists", Object: "SparkApplication/" + v.App.Name, Effect: NextRun, Patch: fmt.Sprintf(`{"spec":{%q:{"image":"…"}}}`, role), Note: "a private registry also needs imagePullSecrets"},
			},
		}}
	},
}

// unpulled are the pods that wait for an image, by name.
func (v *view) unpulled() (pods []string, image string, proof []Evidence) {
	all := v.Executors
	if v.Driver != nil {
		all = append(slices.Clone(all), *v.Driver)
	}
	for _, p := range all {
		for _, c := range p.Containers {
			if c.State == "waiting" && slices.Contains(pulling, c.Reason) {
				pods, image = append(pods, p.Name), c.Image
				proof = append(proof, seen(c.Place, "pod %s: %s: %s", p.Name, c.Reason, c.Message))
			}
		}
	}
	return pods, image, proof
}
