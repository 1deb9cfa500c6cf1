package observe

import (
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// RBAC returns the rights that a [Source] needs to gather everything of the applications of one namespace, for a service
// account of that namespace: a Role, a ClusterRole for what belongs to no namespace (nodes, priority classes), and their
// bindings. They are to read, and no more than what is asked for. Without the ClusterRole, or any line of the Role, the parts
// that need it are unknown, and all others as before. sparkapp.YAML writes the objects.
func RBAC(namespace, serviceAccount string) []runtime.Object {
	name := "sparkscale-observe"
	subject := []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: serviceAccount, Namespace: namespace}}
	within := metav1.ObjectMeta{Name: name, Namespace: namespace}
	across := metav1.ObjectMeta{Name: name + "-" + namespace}
	return []runtime.Object{
		&rbacv1.Role{TypeMeta: typeMeta("Role"), ObjectMeta: within, Rules: rulesOf(false)},
		&rbacv1.RoleBinding{
			TypeMeta: typeMeta("RoleBinding"), ObjectMeta: within, Subjects: subject,
			RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: within.Name},
		},
		&rbacv1.ClusterRole{TypeMeta: typeMeta("ClusterRole"), ObjectMeta: across, Rules: rulesOf(true)},
		&rbacv1.ClusterRoleBinding{
			TypeMeta: typeMeta("ClusterRoleBinding"), ObjectMeta: across, Subjects: subject,
			RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: across.Name},
		},
	}
}

func typeMeta(kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: kind}
}

// rulesOf are the rules of one of the roles: resources of one group and verb together, in the order of the needs.
func rulesOf(everywhere bool) []rbacv1.PolicyRule {
	var rules []rbacv1.PolicyRule
	for _, n := range needs {
		if n.everywhere != everywhere {
			continue
		}
		i := slices.IndexFunc(rules, func(r rbacv1.PolicyRule) bool { return r.APIGroups[0] == n.group && r.Verbs[0] == n.verb })
		if i < 0 {
			rules = append(rules, rbacv1.PolicyRule{APIGroups: []string{n.group}, Verbs: []string{n.verb}})
			i = len(rules) - 1
		}
		rules[i].Resources = append(rules[i].Resources, n.resource)
	}
	return rules
}
